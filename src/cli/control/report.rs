//! The report of a peer as a table.

use clap::builder::styling::{AnsiColor, Style};
use serde_json::Value;

use super::words::{endpoint, nat, printable, short, text};
use crate::cli::format;

/// Lines about a peer, in the order in which people ask.
pub(in crate::cli) fn report(report: &Value, has_colours: bool) -> Vec<String> {
    let page = Page { has_colours };
    let mut lines = page.facts(report);
    lines.push(String::new());
    lines.extend(page.neighbours(report));
    lines.push(String::new());
    lines.extend(page.counters(report));
    lines
}

/// How the lines are painted.
#[derive(Clone, Copy)]
struct Page {
    has_colours: bool,
}

impl Page {
    fn facts(self, report: &Value) -> Vec<String> {
        let mut facts = vec![
            ("Peer", text(report, "peer").to_owned()),
            ("Kind", kind(report)),
            ("Address", address(report)),
            ("Cache", cache(&report["cache"])),
            ("Sockets", sockets(&report["sockets"])),
        ];
        let subclusters = report["subclusters"].as_array();
        for joined in subclusters.into_iter().flatten() {
            facts.push(("Joined", subcluster(joined)));
        }
        let line = |(name, fact): (&str, String)| {
            format!(
                " {} {}",
                self.paint(NAME, &format!("{name:>9}")),
                printable(&fact)
            )
        };
        facts.into_iter().map(line).collect()
    }

    fn neighbours(self, report: &Value) -> Vec<String> {
        let all = report["neighbours"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        if all.is_empty() {
            return vec![self.paint(DIM, "   connected to nobody")];
        }
        let title = format!(
            "   {:<14} {:<21} {:<24} {:<8} {}",
            "CONNECTED TO", "ADDRESS", "NAT", "KIND", "WAY"
        );
        let mut lines = vec![self.paint(DIM, &title)];
        for neighbour in all {
            let is_indexed = neighbour["indexed"].as_bool().unwrap_or(false);
            let kind = if is_indexed { "indexed" } else { "peer" };
            let way = match neighbour["proxy"].as_str() {
                Some(proxy) => format!("by way of {}", short(proxy)),
                None => text(neighbour, "via").to_owned(),
            };
            let id = format!("{:<14}", short(text(neighbour, "peer")));
            let row = format!(
                " {} {:<21} {:<24} {kind:<8} {}",
                self.paint(BOLD, &printable(&id)),
                endpoint(neighbour),
                nat(text(neighbour, "nat")),
                printable(&way),
            );
            lines.push(format!(" {}{row}", self.paint(GOOD, "●")));
        }
        lines
    }

    fn counters(self, report: &Value) -> Vec<String> {
        let counters = &report["counters"];
        let title: String = TYPES.iter().map(|name| format!("{name:>9}")).collect();
        let mut lines =
            vec![self.paint(DIM, &format!("   {:<10}{title}", "PACKETS").to_uppercase())];
        for name in ["sent", "received"] {
            let counts = TYPES.iter().map(|kind| {
                let count = counters[name][*kind].as_u64().unwrap_or(0);
                format!("{:>9}", format::count(count))
            });
            lines.push(format!("   {name:<10}{}", counts.collect::<String>()));
        }
        let refused = REFUSALS.iter().map(|name| {
            let count = counters[*name].as_u64().unwrap_or(0);
            format!("{} {name}", format::count(count))
        });
        let refused = refused.collect::<Vec<_>>().join(" · ");
        lines.push(format!("   {:<10}  {refused}", "refused"));
        lines
    }

    fn paint(self, style: Style, text: &str) -> String {
        if self.has_colours {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

fn kind(report: &Value) -> String {
    let is_indexed = report["indexed"].as_bool().unwrap_or(false);
    let kind = if is_indexed { "indexed peer" } else { "peer" };
    format!("{kind}, {}", nat(text(report, "nat")))
}

fn address(report: &Value) -> String {
    let local = &report["local"];
    let bound = format!(
        "bound to {}, probe port {}",
        endpoint(local),
        local["probe_port"]
    );
    match report["address"].as_str() {
        Some(_) => format!("{}, {bound}", endpoint(report)),
        None => bound,
    }
}

fn cache(cache: &Value) -> String {
    let number = |name: &str| cache[name].as_u64().unwrap_or(0);
    let (packets, bytes, limit) = (number("packets"), number("bytes"), number("bytes_max"));
    format!(
        "{} packets, {} of {}",
        format::count(packets),
        format::bytes(bytes),
        format::bytes(limit)
    )
}

fn sockets(sockets: &Value) -> String {
    let number = |name: &str| sockets[name].as_u64().unwrap_or(0);
    let way = |name: &str, bytes: &str| {
        format!(
            "{} ({})",
            format::count(number(name)),
            format::bytes(number(bytes))
        )
    };
    let (sent, received) = (way("sent", "sent_bytes"), way("received", "received_bytes"));
    let lost = format::count(number("lost"));
    format!("{sent} datagrams sent, {received} received, {lost} lost")
}

fn subcluster(joined: &Value) -> String {
    let (cluster, subcluster) = (text(joined, "cluster"), text(joined, "subcluster"));
    let name = hex::decode(cluster)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|name| !name.chars().any(char::is_control));
    format!(
        "{subcluster} of cluster {}",
        name.as_deref().unwrap_or(cluster)
    )
}

const TYPES: [&str; 8] = [
    "ping", "pong", "intro", "join", "publish", "stream", "sync", "query",
];
const REFUSALS: [&str; 4] = ["malformed", "limited", "forged", "duplicate"];
const NAME: Style = AnsiColor::Green.on_default().bold();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const EXPECTED: &str = "
      Peer abababababababababababababababababababababababababababababababab
      Kind peer, port-restricted NAT
   Address 198.51.100.1:40000, bound to 0.0.0.0:9777, probe port 9778
     Cache 1,234 packets, 1.5 MB of 16.0 MB
   Sockets 2,000 (1.0 MB) datagrams sent, 1,500 (900.0 kB) received, 3 lost
    Joined efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef of cluster cats

   CONNECTED TO   ADDRESS               NAT                      KIND     WAY
 ● cdcdcdcdcdcd   192.0.2.7:5           reachable by everybody   indexed  direct
 ● 010101010101   192.0.2.8:65535       endpoint-restricted NAT  peer     by way of cdcdcdcdcdcd

   PACKETS        PING     PONG    INTRO     JOIN  PUBLISH   STREAM     SYNC    QUERY
   sent             12        0        0        0    1,000        0        0        0
   received          0        9        0        0        0        0        0        0
   refused     1 malformed · 0 limited · 0 forged · 44 duplicate
";

    #[test]
    fn a_report_fits_a_terminal() {
        let neighbours = json!([
            { "peer": "cd".repeat(32), "address": "192.0.2.7", "port": 5, "nat": "UNRESTRICTED",
              "indexed": true, "via": "direct", "proxy": null },
            { "peer": "01".repeat(32), "address": "192.0.2.8", "port": 65535,
              "nat": "ENDPOINT_RESTRICTED", "indexed": false, "via": "proxy",
              "proxy": "cd".repeat(32) },
        ]);
        let found = report(
            &json!({
                "peer": "ab".repeat(32), "indexed": false, "address": "198.51.100.1", "port": 40000,
                "local": { "address": "0.0.0.0", "port": 9777, "probe_port": 9778 },
                "nat": "PORT_RESTRICTED", "neighbours": neighbours,
                "subclusters": [{ "cluster": "63617473", "subcluster": "ef".repeat(32) }],
                "cache": { "packets": 1234, "bytes": 1_500_000, "bytes_max": 16_000_000 },
                "counters": { "sent": { "ping": 12, "publish": 1000 }, "received": { "pong": 9 },
                              "malformed": 1, "limited": 0, "forged": 0, "duplicate": 44 },
                "sockets": { "sent": 2000, "sent_bytes": 1_000_000, "received": 1500,
                             "received_bytes": 900_000, "lost": 3 },
            }),
            false,
        );
        let text: Vec<_> = found.iter().map(|line| line.trim_end()).collect();
        assert_eq!(text.join("\n"), EXPECTED.trim_matches('\n'));
        assert!(found.iter().all(|line| line.chars().count() <= 100));
    }

    #[test]
    fn a_report_of_nothing_is_still_a_report() {
        let lines = report(&json!({}), true);
        assert!(lines.concat().contains("connected to nobody"));
    }
}
