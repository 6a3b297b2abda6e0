//! When nodes were online, from a file.
//!
//! Lines of `node,from_s,to_s`: the node's number, and when a session began and ended, in seconds
//! of the run. Empty lines and those that begin with `#` say nothing; the sessions of a node
//! stand in their order. A node without a line never comes.

use super::Spell;

/// The sessions of all nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Node, begin and end in microseconds; in order.
    sessions: Vec<(u32, u64, u64)>,
}

/// A line that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct TraceError {
    /// The number of the line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl Trace {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// Names the first line that is not understood.
    pub fn parse(text: &str) -> Result<Self, TraceError> {
        let mut sessions = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let session = parse_line(line).map_err(|problem| TraceError {
                line: index + 1,
                problem,
            })?;
            sessions.push((session, index + 1));
        }
        // Stable, so that the lines of one node keep their order and a wrong one is found.
        sessions.sort_by_key(|((node, ..), _)| *node);
        for two in sessions.windows(2) {
            let [((node, _, end), _), ((other, begin, _), line)] = [two[0], two[1]];
            if node == other && begin < end {
                return Err(TraceError {
                    line,
                    problem: format!("node {node} is online already"),
                });
            }
        }
        let sessions = sessions.into_iter().map(|(session, _)| session);
        Ok(Self {
            sessions: sessions.collect(),
        })
    }

    /// One more than the highest number of a node.
    #[must_use]
    pub fn node_count(&self) -> u32 {
        self.sessions
            .last()
            .map_or(0, |(node, ..)| node.saturating_add(1))
    }

    /// When a node comes and goes; a cache it had is warm when it returns.
    pub fn spells(&self, node: u32) -> impl Iterator<Item = Spell> + '_ {
        let first = self.sessions.partition_point(|(other, ..)| *other < node);
        let own = self.sessions[first..]
            .iter()
            .take_while(move |(other, ..)| *other == node);
        let mut now_us = 0;
        let spell = |is_online, length_us| Spell {
            is_online,
            is_cold: false,
            length_us,
        };
        let spells = own.flat_map(move |(_, begin_us, end_us)| {
            let pause_us = begin_us - now_us;
            now_us = *end_us;
            [spell(false, pause_us), spell(true, end_us - begin_us)]
        });
        spells
            .filter(|spell| spell.length_us > 0)
            .chain([spell(false, Spell::FOR_EVER)])
    }
}

fn parse_line(line: &str) -> Result<(u32, u64, u64), String> {
    let fields: Vec<_> = line.split(',').map(str::trim).collect();
    let [node, from, to] = fields.as_slice() else {
        return Err(format!(
            "{} fields instead of node,from_s,to_s",
            fields.len()
        ));
    };
    let node = node.parse().map_err(|_| format!("{node} is no node"))?;
    let us = |text: &str| {
        let seconds: Option<f64> = text.parse().ok();
        let valid = seconds.filter(|seconds| (0.0..=1e9).contains(seconds));
        let valid = valid.ok_or(format!("{text} is no time in seconds"))?;
        Ok::<_, String>((valid * 1e6).round() as u64)
    };
    let (from_us, to_us) = (us(from)?, us(to)?);
    if to_us <= from_us {
        return Err(format!("ends at {to} s, before it begins"));
    }
    Ok((node, from_us, to_us))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_become_spells() {
        let trace = Trace::parse("# a comment\n1, 2.5, 3\n\n0,0,10\n1,3,4\n").unwrap();
        assert_eq!(trace.node_count(), 2);
        let spells = |node| {
            let spells = trace
                .spells(node)
                .map(|spell| (spell.is_online, spell.length_us));
            spells.collect::<Vec<_>>()
        };
        let end = (false, Spell::FOR_EVER);
        assert_eq!(spells(0), [(true, 10_000_000), end]);
        assert_eq!(
            spells(1),
            [(false, 2_500_000), (true, 500_000), (true, 1_000_000), end]
        );
        assert_eq!(spells(7), [end]);
    }

    #[test]
    fn lines_that_are_none_are_named() {
        for (text, expected) in [
            ("0,1", "line 1: 2 fields instead of node,from_s,to_s"),
            ("\n0,5,4", "line 2: ends at 4 s, before it begins"),
            ("x,1,2", "line 1: x is no node"),
            ("0,1,nan", "line 1: nan is no time in seconds"),
            ("0,1,5\n0,4,6", "line 2: node 0 is online already"),
        ] {
            assert_eq!(Trace::parse(text).unwrap_err().to_string(), expected);
        }
    }
}
