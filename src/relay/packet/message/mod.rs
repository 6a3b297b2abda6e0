//! What control packets carry: JSON objects (spec section 5).
//!
//! Sent: only keys that have a value, in the order of the reference, never `null`. Taken:
//! any order, unknown keys, `null` for absent, and of a key given twice the last. A value
//! that cannot be what its key stands for refuses the message and names the key.

mod head;
mod parse;
mod plain;
mod value;

pub use head::Head;
pub use parse::MessageError;
pub use value::{InvalidToken, SummaryHash, Token};

use core::net::Ipv4Addr;

use serde_json::Value;

use super::{Field, Packet, PacketType};
use crate::relay::{Address, PeerId, nat::NatType};
use parse::parse_members;
use value::{Member, is_in, take_in};

/// Declares a message: its members with the keys that they have in JSON.
macro_rules! message {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$member_doc:meta])* $member:ident: $kind:ty = $key:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$member_doc])* pub $member: $kind,)*
        }

        impl $name {
            /// Takes the message of a packet apart.
            ///
            /// # Errors
            /// If it is no JSON object, lacks what it must have, or holds what cannot be.
            pub fn parse(message: &[u8]) -> Result<Self, MessageError> {
                $(let mut $member: Option<$kind> = None;)*
                parse_members(message, &[$($key),*], &mut |place, scalar| {
                    // Numbers of places are constants to the compiler, and this a table of jumps.
                    let mut next = 0;
                    $(if place == next {
                        return take_in(&mut $member, scalar);
                    }
                    next += 1;)*
                    place < next
                })?;
                Ok(Self {
                    $($member: $member
                        .or_else(Member::absent)
                        .ok_or(MessageError::Missing { key: $key })?,)*
                })
            }

            /// The message as it goes into a packet.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                let mut json = Vec::with_capacity(ENCODED_BYTES);
                $(if is_in(&self.$member) {
                    value::write_key(&mut json, concat!("\"", $key, "\":"));
                    self.$member.write(&mut json);
                })*
                json.push(b'}');
                json
            }
        }

    };
}

message! {
    /// Asks for a sign of life, and for one's own address.
    Ping {
        /// Who asks.
        requester_peer_id: PeerId = "requesterPeerId",
        /// What the asker's cache holds.
        cache_summary_hash: Option<SummaryHash> = "cacheSummaryHash",
        /// The asker's probe port as others see it: answer there, too.
        probe_external_port: Option<u16> = "probeExternalPort",
        /// Names one finding of a NAT type.
        reflection_id: Option<Token> = "reflectionId",
        /// Comes back in the pong.
        ping_id: Option<Token> = "pingId",
        /// What the asker is behind.
        nat_type: Option<NatType> = "natType",
        /// Milliseconds since the asker started.
        uptime: Option<u64> = "uptime",
        /// Not zero for a sign of life; older peers only.
        is_heartbeat: Option<u64> = "isHeartbeat",
        /// How many packets the asker holds.
        cache_size: Option<u64> = "cacheSize",
        /// Whether a link is wanted.
        is_connection: bool = "isConnection",
        /// Whether this is to find a NAT type.
        is_reflection: bool = "isReflection",
        /// Whether it came from the asker's probe socket.
        is_probe: bool = "isProbe",
        /// Whether the asker watches this ping.
        is_debug: bool = "isDebug",
        /// When it was sent, in milliseconds since 1970.
        timestamp: Option<u64> = "timestamp",
    }
}

message! {
    /// Answers a ping.
    Pong {
        /// Who asked.
        requester_peer_id: PeerId = "requesterPeerId",
        /// Who answers.
        responder_peer_id: PeerId = "responderPeerId",
        /// What the answerer's cache holds.
        cache_summary_hash: Option<SummaryHash> = "cacheSummaryHash",
        /// The port from which the ping came.
        port: Option<u16> = "port",
        /// The address from which the ping came.
        address: Option<Ipv4Addr> = "address",
        /// Milliseconds since the answerer started.
        uptime: Option<u64> = "uptime",
        /// How many packets the answerer holds.
        cache_size: Option<u64> = "cacheSize",
        /// What the answerer is behind.
        nat_type: Option<NatType> = "natType",
        /// Whether it answers the finding of a NAT type.
        is_reflection: bool = "isReflection",
        /// Not zero for a sign of life; older peers only.
        is_heartbeat: Option<u64> = "isHeartbeat",
        /// Whether a link is confirmed.
        is_connection: bool = "isConnection",
        /// The ping's.
        reflection_id: Option<Token> = "reflectionId",
        /// The ping's.
        ping_id: Option<Token> = "pingId",
        /// The ping's.
        is_debug: bool = "isDebug",
        /// Whether the ping, or this, went between probe sockets.
        is_probe: bool = "isProbe",
        /// Whether the answerer wants no link.
        rejected: bool = "rejected",
    }
}

message! {
    /// Tells one peer of another.
    Intro {
        /// Who is to be met.
        requester_peer_id: PeerId = "requesterPeerId",
        /// Who tells of them.
        responder_peer_id: PeerId = "responderPeerId",
        /// Whether they asked for it through a rendezvous.
        is_rendezvous: Option<bool> = "isRendezvous",
        /// What they are behind.
        nat_type: NatType = "natType",
        /// Where they are.
        address: Ipv4Addr = "address",
        /// Where they are.
        port: u16 = "port",
        /// When it was sent, in milliseconds since 1970.
        timestamp: Option<u64> = "timestamp",
    }
}

message! {
    /// Tells the network that a peer takes part in a subcluster.
    ///
    /// The rendezvous comes last, since a relay appends it and keeps the id of the rest.
    Join {
        /// Who takes part.
        requester_peer_id: PeerId = "requesterPeerId",
        /// What they are behind.
        nat_type: NatType = "natType",
        /// Whether it is their first.
        initial: bool = "initial",
        /// Where they are.
        address: Ipv4Addr = "address",
        /// Names cluster and subcluster, which tells joins of one peer apart; see [`join_key`].
        key: Option<String> = "key",
        /// Where they are.
        port: u16 = "port",
        /// Whether a link is wanted.
        is_connection: bool = "isConnection",
        /// Where members that hear of this are to go.
        rendezvous_address: Option<Ipv4Addr> = "rendezvousAddress",
        /// Where members that hear of this are to go.
        rendezvous_port: Option<u16> = "rendezvousPort",
        /// What the rendezvous is behind.
        rendezvous_type: Option<NatType> = "rendezvousType",
        /// Who the rendezvous is.
        rendezvous_peer_id: Option<PeerId> = "rendezvousPeerId",
        /// Until when, in milliseconds since 1970.
        rendezvous_deadline: Option<u64> = "rendezvousDeadline",
        /// Who is to be met there.
        rendezvous_requester_peer_id: Option<PeerId> = "rendezvousRequesterPeerId",
    }
}

impl Ping {
    /// A ping that says nothing but who asks.
    #[must_use]
    pub fn new(requester_peer_id: PeerId) -> Self {
        Self {
            requester_peer_id,
            cache_summary_hash: None,
            probe_external_port: None,
            reflection_id: None,
            ping_id: None,
            nat_type: None,
            uptime: None,
            is_heartbeat: None,
            cache_size: None,
            is_connection: false,
            is_reflection: false,
            is_probe: false,
            is_debug: false,
            timestamp: None,
        }
    }
}

impl Pong {
    /// A pong that says nothing but who asked and who answers.
    #[must_use]
    pub fn new(requester_peer_id: PeerId, responder_peer_id: PeerId) -> Self {
        Self {
            requester_peer_id,
            responder_peer_id,
            cache_summary_hash: None,
            port: None,
            address: None,
            uptime: None,
            cache_size: None,
            nat_type: None,
            is_reflection: false,
            is_heartbeat: None,
            is_connection: false,
            reflection_id: None,
            ping_id: None,
            is_debug: false,
            is_probe: false,
            rejected: false,
        }
    }

    /// Where the ping came from, as the answerer saw it.
    #[must_use]
    pub fn observed(&self) -> Option<Address> {
        Some(Address::new(self.address?, self.port?))
    }
}

impl Intro {
    /// Tells of a peer.
    #[must_use]
    pub fn new(of: PeerId, at: Address, nat_type: NatType, by: PeerId) -> Self {
        Self {
            requester_peer_id: of,
            responder_peer_id: by,
            is_rendezvous: None,
            nat_type,
            address: *at.ip(),
            port: at.port(),
            timestamp: None,
        }
    }
}

impl Join {
    /// Tells that a peer takes part.
    #[must_use]
    pub fn new(of: PeerId, at: Address, nat_type: NatType) -> Self {
        Self {
            requester_peer_id: of,
            nat_type,
            initial: false,
            address: *at.ip(),
            key: None,
            port: at.port(),
            is_connection: false,
            rendezvous_address: None,
            rendezvous_port: None,
            rendezvous_type: None,
            rendezvous_peer_id: None,
            rendezvous_deadline: None,
            rendezvous_requester_peer_id: None,
        }
    }
}

/// Bytes of most messages at the most.
const ENCODED_BYTES: usize = 384;

/// The `key` of a join: cluster and subcluster in base64.
#[must_use]
pub fn join_key(cluster: &Field, subcluster: &Field) -> String {
    let [cluster, subcluster] = [cluster, subcluster].map(|field| value::base64(field.as_slice()));
    format!("{cluster}:{subcluster}")
}

/// The message as the reference sees it: JSON for types 1 to 4 and 8 and for every head, if
/// it parses, bytes otherwise.
#[must_use]
pub fn message_json(packet: &Packet) -> Option<Value> {
    let is_json = matches!(
        packet.kind,
        PacketType::PING
            | PacketType::PONG
            | PacketType::INTRO
            | PacketType::JOIN
            | PacketType::QUERY
    );
    if !is_json && packet.index != 0 {
        return None;
    }
    serde_json::from_str(&String::from_utf8_lossy(&packet.message)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHO: PeerId = PeerId([0xab; 32]);

    fn ping_with(member: &str) -> Result<Ping, MessageError> {
        Ping::parse(format!(r#"{{"requesterPeerId":"{WHO}",{member}}}"#).as_bytes())
    }

    #[test]
    fn only_members_with_a_value_are_sent_and_in_their_order() {
        let mut ping = Ping::new(WHO);
        ping.timestamp = Some(7);
        ping.is_connection = true;
        ping.ping_id = Some(Token::from_random([0, 1, 2, 3, 4, 0xff]));
        let text = String::from_utf8(ping.encode()).unwrap();
        let expected = format!(
            r#"{{"requesterPeerId":"{WHO}","pingId":"0001020304ff","isConnection":true,"timestamp":7}}"#
        );
        assert_eq!(text, expected);
        assert_eq!(Ping::parse(text.as_bytes()), Ok(ping));
    }

    #[test]
    fn unknown_keys_and_nulls_are_absent_keys() {
        let ping = ping_with(r#""natType":null,"isProbe":null,"nope":[1,{"a":[]}],"":0"#);
        assert_eq!(ping, Ok(Ping::new(WHO)));
    }

    #[test]
    fn of_a_key_given_twice_the_last_counts() {
        let ping = ping_with(r#""natType":1,"natType":7"#).unwrap();
        assert_eq!(ping.nat_type, Some(NatType(7)));
    }

    #[test]
    fn whole_numbers_may_be_written_as_fractions() {
        let ping = ping_with(r#""probeExternalPort":1e3,"uptime":1.5"#).unwrap();
        assert_eq!(
            (ping.probe_external_port, ping.uptime),
            (Some(1000), Some(1))
        );
    }

    #[test]
    fn an_escaped_key_is_the_key() {
        let ping = ping_with(r#""\u006eatType":7"#).unwrap();
        assert_eq!(ping.nat_type, Some(NatType(7)));
    }

    #[test]
    fn a_value_that_cannot_be_names_its_key() {
        for (key, values) in [
            (
                "probeExternalPort",
                &["0", "65536", "-1", r#""80""#, "1e9"][..],
            ),
            ("natType", &["256", "true", "[]", "{}", "-1"]),
            (
                "pingId",
                &[r#""""#, r#""xyz""#, "5", r#""0123456789abcdef0""#],
            ),
            ("cacheSummaryHash", &[r#""da39""#]),
            ("isConnection", &["1", r#""true""#]),
            ("requesterPeerId", &["5", r#""abc""#]),
        ] {
            for value in values {
                let outcome = ping_with(&format!(r#""{key}":{value}"#));
                assert_eq!(
                    outcome,
                    Err(MessageError::Invalid { key }),
                    "{key}: {value}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for message in [
            "",
            "null",
            "7",
            "[]",
            "{",
            "{}{}",
            r#"{"requesterPeerId""#,
            "\"{}\"",
        ] {
            let outcome = Ping::parse(message.as_bytes());
            assert_eq!(outcome, Err(MessageError::NotAnObject), "{message}");
        }
    }

    #[test]
    fn a_required_key_that_is_absent_or_null_is_named() {
        let key = "requesterPeerId";
        for message in ["{}", r#"{"requesterPeerId":null}"#] {
            let outcome = Ping::parse(message.as_bytes());
            assert_eq!(outcome, Err(MessageError::Missing { key }));
        }
    }

    #[test]
    fn joins_and_intros_come_back_as_they_were() {
        let at = Address::new(Ipv4Addr::new(198, 51, 100, 4), 31337);
        let mut join = Join::new(WHO, at, NatType::PORT_RESTRICTED);
        join.key = Some(join_key(
            &Field::from([1; 32]),
            &Field::new(b"TEST").unwrap(),
        ));
        assert_eq!(Join::parse(&join.encode()), Ok(join));
        let intro = Intro::new(WHO, at, NatType::UNRESTRICTED, PeerId([2; 32]));
        assert_eq!(Intro::parse(&intro.encode()), Ok(intro));
        let mut pong = Pong::new(WHO, WHO);
        pong.address = Some(*at.ip());
        pong.port = Some(at.port());
        assert_eq!(pong.observed(), Some(at));
        assert_eq!(Pong::parse(&pong.encode()), Ok(pong));
    }

    #[test]
    fn base64_is_padded() {
        let texts = ["", "f", "fo", "foo", "foob"].map(|text| value::base64(text.as_bytes()));
        assert_eq!(texts, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn no_bytes_make_a_parser_panic(
            bytes in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..1024),
                r#"\{("(natType|port|size|ts|meta)":[-0-9\[\]{}"e.a]{0,9},?)*\}"#.prop_map(Vec::from),
            ]
        ) {
            let _ = Ping::parse(&bytes);
            let _ = Pong::parse(&bytes);
            let _ = Intro::parse(&bytes);
            let _ = Join::parse(&bytes);
            if let Ok(head) = Head::parse(&bytes) {
                prop_assert_eq!(Head::parse(&head.encode()), Ok(head));
            }
        }
    }
}
