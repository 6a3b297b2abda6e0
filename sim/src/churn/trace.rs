//! When nodes were online, from a file.
//!
//! Lines of `node,from_s,to_s`: the node's number, and when a session began and ended, in seconds
//! of the run. A first line that is just these three names is a header. Empty lines and those that
//! begin with `#` say nothing; the sessions of a node stand in their order. A node without a line
//! never comes.

use std::ops::Range;

use super::Spell;

/// The sessions of all nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// By node, then in order of time.
    sessions: Vec<Session>,
}

/// That a node is online for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Session {
    node: u32,
    /// The line that says so, from 1.
    line: u32,
    begin_us: u64,
    end_us: u64,
}

/// A line that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct TraceError {
    /// The number of the line, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub problem: String,
}

impl Trace {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// Names the first line that is not understood.
    pub fn parse(text: &str) -> Result<Self, TraceError> {
        let mut sessions: Vec<Session> = Vec::new();
        let lines = (1..).zip(text.lines().map(str::trim));
        let said = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        for (index, (line, text)) in said.enumerate() {
            if index == 0 && is_header(text) {
                continue;
            }
            let session = parse_line(line, text);
            sessions.push(session.map_err(|problem| TraceError { line, problem })?);
        }
        // Stable, so that the lines of one node keep their order and a wrong one is found.
        sessions.sort_by_key(|session| session.node);
        for two in sessions.windows(2) {
            if two[0].node == two[1].node && two[1].begin_us < two[0].end_us {
                return Err(two[1].refused("is online already"));
            }
        }
        Ok(Self { sessions })
    }

    /// Checks that it speaks of these nodes only.
    ///
    /// # Errors
    /// Names the first line that is about another one, and says what they are.
    pub fn check_nodes(&self, nodes: Range<u32>, what: &str) -> Result<(), TraceError> {
        let others = self.sessions.iter();
        let others = others.filter(|session| !nodes.contains(&session.node));
        let first = others.min_by_key(|session| session.line);
        first.map_or(Ok(()), |session| Err(session.refused(what)))
    }

    /// One more than the highest number of a node.
    #[must_use]
    pub fn node_count(&self) -> u32 {
        self.sessions
            .last()
            .map_or(0, |session| session.node.saturating_add(1))
    }

    /// When a node comes and goes; a cache it had is warm when it returns.
    pub fn spells(&self, node: u32) -> impl Iterator<Item = Spell> + '_ {
        let sessions = &self.sessions;
        let first = sessions.partition_point(|session| session.node < node);
        let own = sessions[first..]
            .iter()
            .take_while(move |session| session.node == node);
        let mut now_us = 0;
        let spell = |is_online, length_us| Spell {
            is_online,
            is_cold: false,
            length_us,
        };
        let spells = own.flat_map(move |session| {
            let pause_us = session.begin_us - now_us;
            now_us = session.end_us;
            let length_us = session.end_us - session.begin_us;
            [spell(false, pause_us), spell(true, length_us)]
        });
        spells
            .filter(|spell| spell.length_us > 0)
            .chain([spell(false, Spell::FOR_EVER)])
    }
}

impl Session {
    fn refused(&self, what: &str) -> TraceError {
        TraceError {
            line: self.line,
            problem: format!("node {} {what}", self.node),
        }
    }
}

fn is_header(text: &str) -> bool {
    let names = text.split(',').map(str::trim);
    names.eq(["node", "from_s", "to_s"])
}

fn parse_line(line: u32, text: &str) -> Result<Session, String> {
    let fields: Vec<_> = text.split(',').map(str::trim).collect();
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
    let (begin_us, end_us) = (us(from)?, us(to)?);
    if end_us <= begin_us {
        return Err(format!("ends at {to} s, before it begins"));
    }
    Ok(Session {
        node,
        line,
        begin_us,
        end_us,
    })
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
    fn the_first_line_may_be_a_header() {
        let rows = "0,1,2\n";
        let bare = Trace::parse(rows).unwrap();
        let headed = Trace::parse(&format!("# when\n\nnode, from_s,to_s\n{rows}")).unwrap();
        let lengths = |trace: &Trace| trace.spells(0).map(|s| s.length_us).collect::<Vec<_>>();
        assert_eq!(lengths(&headed), lengths(&bare));
        let late = Trace::parse(&format!("{rows}node,from_s,to_s\n")).unwrap_err();
        assert_eq!(late.to_string(), "line 2: node is no node");
    }

    #[test]
    fn a_line_about_a_node_that_it_may_not_speak_of_is_named() {
        let trace = Trace::parse("9,0,1\n4,0,1\n2,0,1\n2,2,3\n").unwrap();
        assert_eq!(trace.check_nodes(2..10, "is none"), Ok(()));
        let error = trace.check_nodes(0..4, "is none").unwrap_err();
        assert_eq!(error.to_string(), "line 1: node 9 is none");
        let error = trace.check_nodes(3..10, "is indexed").unwrap_err();
        assert_eq!(error.to_string(), "line 3: node 2 is indexed");
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
