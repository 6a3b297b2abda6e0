//! A NAT as data: which port a datagram leaves by, and whether one gets in.

use std::{collections::BTreeMap, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng};
use socket_runtime::relay::{Address, Time, peer::Wire};

/// Kinds of NAT, by what the protocol calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nat {
    /// None: everybody gets in.
    Open,
    /// Who was sent to gets in, from any port.
    Addr,
    /// Who was sent to gets in, from that port.
    Port,
    /// The same, and each destination sees another port.
    Hard,
}

impl Nat {
    pub(crate) const ALL: [Self; 4] = [Self::Open, Self::Addr, Self::Port, Self::Hard];

    /// The number on the wire.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Open => 31,
            Self::Addr => 15,
            Self::Port => 7,
            Self::Hard => 5,
        }
    }
}

/// The NAT of one peer.
#[derive(Clone, Debug)]
pub(crate) struct NatBox {
    pub(crate) kind: Nat,
    main: Address,
    /// How long a mapping lives after it was used last.
    pub(crate) life: Duration,
    /// For each socket and destination: the port outside and when it was used.
    mappings: BTreeMap<(Wire, Address), (u16, Time)>,
    ports: BTreeMap<Wire, u16>,
    rng: StdRng,
}

impl NatBox {
    pub(crate) fn new(kind: Nat, main: Address, seed: u64) -> Self {
        Self {
            kind,
            main,
            life: Duration::from_secs(60),
            mappings: BTreeMap::new(),
            ports: BTreeMap::new(),
            rng: StdRng::seed_from_u64(seed ^ 0x0a7),
        }
    }

    /// Gives the peer another address, as a change of network does.
    pub(crate) fn move_to(&mut self, main: Address) {
        self.main = main;
        self.mappings.clear();
        self.ports.clear();
    }

    /// Where a datagram seems to come from.
    pub(crate) fn outbound(&mut self, now: Time, wire: Wire, to: Address) -> Address {
        let port = match self.kind {
            Nat::Open => self.fixed(wire),
            Nat::Addr | Nat::Port => self.port_of(wire),
            Nat::Hard => match self.mappings.get(&(wire, to)) {
                Some((port, at)) if now.since(*at) < self.life => *port,
                _ => self.fresh_port(),
            },
        };
        if self.kind != Nat::Open {
            self.mappings.insert((wire, to), (port, now));
        }
        Address::new(*self.main.ip(), port)
    }

    /// To which socket a datagram gets, if to any.
    pub(crate) fn inbound(&mut self, now: Time, from: Address, to: Address) -> Option<Wire> {
        if self.kind == Nat::Open {
            let offset = to.port().checked_sub(self.main.port())?;
            return match offset {
                0 => Some(Wire::Main),
                1 => Some(Wire::Probe),
                number if self.main.port() == 5_000 => Some(Wire::Punch(number - 2)),
                _ => None,
            };
        }
        let kind = self.kind;
        let life = self.life;
        let mut mappings = self.mappings.iter_mut();
        let found = mappings.find(|((_, sent_to), (port, at))| {
            let is_let_in = match kind {
                Nat::Addr => sent_to.ip() == from.ip(),
                _ => *sent_to == from,
            };
            *port == to.port() && is_let_in && now.since(*at) < life
        });
        found.map(|((wire, _), (_, at))| {
            *at = now;
            *wire
        })
    }

    fn fixed(&self, wire: Wire) -> u16 {
        let offset = match wire {
            Wire::Main => 0,
            Wire::Probe => 1,
            Wire::Punch(number) => 2 + number,
        };
        self.main.port() + offset
    }

    fn port_of(&mut self, wire: Wire) -> u16 {
        if let Some(port) = self.ports.get(&wire) {
            return *port;
        }
        let port = self.fresh_port();
        self.ports.insert(wire, port);
        port
    }

    fn fresh_port(&mut self) -> u16 {
        self.rng.random_range(1_024..=u16::MAX)
    }
}
