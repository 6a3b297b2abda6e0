//! What a peer is and knows as JSON.

use serde_json::{Value, json};

use super::{Fields, field, nat_name, object, place};
use crate::{
    messages::{relay::PeerReport, udp::SocketCounters},
    relay::{
        cache::{CACHE_BYTES_MAX, CacheDigest},
        peer::{LinkVia, Neighbour},
    },
};

/// A report, with what went through the sockets if that is known.
#[must_use]
pub fn report_json(
    report: &PeerReport,
    sockets: Option<&SocketCounters>,
    cache_bytes_max: Option<usize>,
) -> Value {
    let neighbours = report.neighbours.iter().map(neighbour_fields);
    let subclusters = report.subclusters.iter().map(|(cluster, subcluster)| {
        json!({ "cluster": field(&cluster.0), "subcluster": subcluster.to_string() })
    });
    let local = report.local.map(|local| {
        let (address, port) = (local.main.ip().to_string(), local.main.port());
        json!({ "address": address, "port": port, "probe_port": local.probe.port() })
    });
    let mut fields = object([
        ("peer", report.peer_id.to_string().into()),
        ("public_key", hex::encode(report.public_key).into()),
        ("indexed", report.is_indexed.into()),
        ("local", local.into()),
    ]);
    fields.extend(object(place(report.address)));
    fields.extend(object([
        ("nat", nat_name(report.nat).into()),
        ("nat_type", report.nat.0.into()),
        ("neighbours", neighbours.collect()),
        ("subclusters", subclusters.collect()),
        (
            "cache",
            cache(&report.cache, cache_bytes_max.unwrap_or(CACHE_BYTES_MAX)),
        ),
        ("counters", counters(report)),
        ("sockets", json!(sockets)),
        ("tables", json!(report.tables)),
    ]));
    Value::Object(fields)
}

/// A peer as its neighbour sees it.
#[must_use]
pub fn neighbour_fields(neighbour: &Neighbour) -> Fields {
    let (via, proxy) = match neighbour.via {
        LinkVia::Direct => ("direct", None),
        LinkVia::Punched(_) => ("punched", None),
        LinkVia::Proxy(proxy) => ("proxy", Some(proxy.to_string())),
    };
    let mut fields = object([("peer", neighbour.peer_id.to_string().into())]);
    fields.extend(object(place(Some(neighbour.address))));
    fields.extend(object([
        ("nat", nat_name(neighbour.nat).into()),
        ("nat_type", neighbour.nat.0.into()),
        ("indexed", neighbour.is_indexed.into()),
        ("via", via.into()),
        ("proxy", proxy.into()),
        ("key", neighbour.key.map(hex::encode).into()),
    ]));
    fields
}

fn cache(digest: &CacheDigest, bytes_max: usize) -> Value {
    json!({
        "packets": digest.packet_count, "bytes": digest.bytes, "bytes_max": bytes_max,
        "hash": hex::encode(digest.hash),
    })
}

fn counters(report: &PeerReport) -> Value {
    let counters = &report.counters;
    let by_type = |counts: &[u64; 9]| {
        let named = TYPE_NAMES.iter().zip(counts);
        let named = named.map(|(name, count)| ((*name).to_owned(), Value::from(*count)));
        Value::Object(named.collect())
    };
    json!({
        "sent": by_type(&counters.sent), "received": by_type(&counters.received),
        "malformed": counters.malformed, "limited": counters.limited,
        "forged": counters.forged, "duplicate": counters.duplicate,
    })
}

/// What packets are called, by the number of their type.
const TYPE_NAMES: [&str; 9] = [
    "other", "ping", "pong", "intro", "join", "publish", "stream", "sync", "query",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        messages::udp::SocketsBound,
        relay::{ClusterId, PeerId, SubclusterId, nat::NatType, packet::Field, peer::PeerCounters},
    };

    #[test]
    fn a_report_has_everything_by_its_name() {
        let mut counters = PeerCounters::default();
        counters.sent[1] = 3;
        let bound = SocketsBound {
            main: "0.0.0.0:10".parse().unwrap(),
            probe: "0.0.0.0:11".parse().unwrap(),
        };
        let report = PeerReport {
            peer_id: PeerId([1; 32]),
            public_key: [2; 32],
            is_indexed: true,
            local: Some(bound),
            address: None,
            nat: NatType::UNKNOWN,
            neighbours: Vec::new(),
            subclusters: vec![(
                ClusterId(Field::new(b"TEST").unwrap()),
                SubclusterId([3; 32]),
            )],
            cache: CacheDigest::default(),
            counters,
            tables: Vec::new(),
        };
        let json = report_json(&report, None, Some(5));
        assert_eq!(json["peer"], json!("01".repeat(32)));
        assert_eq!(
            json["local"],
            json!({ "address": "0.0.0.0", "port": 10, "probe_port": 11 })
        );
        assert_eq!(
            (&json["address"], &json["nat"]),
            (&Value::Null, &json!("UNKNOWN"))
        );
        assert_eq!(json["subclusters"][0]["cluster"], json!("54455354"));
        assert_eq!(json["cache"]["bytes_max"], json!(5));
        assert_eq!(json["counters"]["sent"]["ping"], json!(3));
    }
}
