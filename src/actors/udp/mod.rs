//! The UDP actor: holds the sockets of one relay peer and knows nothing of what they carry.
//!
//! Started with its peer, stopped with it, restarted by the supervisor. Its sockets outlive
//! a restart: they, and the tasks that receive from them, belong to [`OpenSockets`], so that
//! a crash costs what was queued and no port. It sends [`DatagramsArrived`] and
//! [`SocketWritable`] to itself, and nothing else.
//!
//! - Each socket has a task that receives what there is in one call, and receives again
//!   once the relay has dealt with it: what a busy relay cannot take waits in the kernel's
//!   buffer, which is bounded and drops the newest.
//! - Consecutive datagrams of one length to one peer leave in one call (`outgoing`). Of what
//!   the kernel takes no more, [`QUEUED_MAX`] datagrams a socket wait until it does.
//! - What a system says of one datagram (nobody listens there, no route) costs only that one.

mod counters;
mod outgoing;
mod receive;
mod socket;

pub use self::{outgoing::QUEUED_MAX, socket::OpenSockets};

use std::collections::BTreeMap;

use serde_json::{Value, json};

use self::{
    counters::Counters,
    outgoing::{Flushed, Outgoing},
    socket::Socket,
};
use super::kit::{Actor, Context, Handler, Lane, Recipient, Reply, Spawner};
use crate::{
    messages::{
        relay::DatagramsArrived,
        udp::{
            BindSockets, DescribeSockets, HoldPunchSockets, SendDatagrams, SocketCounters,
            SocketWritable, SocketsBound, UdpError,
        },
    },
    relay::{Address, peer::Wire},
};

/// The sockets of one peer, and what waits to leave through them.
pub struct Udp {
    options: UdpOptions,
    /// What waits for each open socket.
    outgoing: BTreeMap<Wire, Outgoing>,
    counters: Counters,
    /// Where datagrams that leave together are put side by side.
    scratch: Vec<u8>,
}

/// What a UDP actor needs to know.
#[derive(Clone)]
pub struct UdpOptions {
    /// Who takes what arrives.
    pub relay: Recipient<DatagramsArrived>,
    /// Where tasks that receive run.
    pub spawner: Spawner,
    /// The sockets, which outlive the actor.
    pub sockets: OpenSockets,
}

impl Udp {
    /// An actor with the sockets that are open already, which are none at first.
    #[must_use]
    pub fn new(options: UdpOptions) -> Self {
        let outgoing = options.sockets.all().into_iter();
        let outgoing = outgoing.map(|(wire, socket)| (wire, Outgoing::new(socket)));
        Self {
            outgoing: outgoing.collect(),
            counters: options.sockets.counters(),
            options,
            scratch: Vec::new(),
        }
    }

    /// Opens a socket and begins to receive from it.
    fn open(&mut self, wire: Wire, address: Address) -> Result<Address, UdpError> {
        let refused = |error: std::io::Error| UdpError::Bind {
            address,
            reason: error.to_string(),
        };
        let socket = Socket::bind(address).map_err(refused)?;
        let bound = socket.address();
        let socket = std::sync::Arc::new(socket);
        let (relay, counters) = (self.options.relay.clone(), self.counters.clone());
        let (task, handle) = receive::task(wire, socket.clone(), relay, counters);
        self.options.spawner.spawn(Lane::Network, task);
        self.options.sockets.insert(wire, socket.clone(), handle);
        self.outgoing.insert(wire, Outgoing::new(socket));
        Ok(bound)
    }

    fn close(&mut self, wire: Wire) {
        self.outgoing.remove(&wire);
        self.options.sockets.remove(wire);
    }

    /// Opens both sockets, or none.
    fn bind(&mut self, bind: BindSockets) -> Result<SocketsBound, UdpError> {
        let wires: Vec<Wire> = self.outgoing.keys().copied().collect();
        wires.into_iter().for_each(|wire| self.close(wire));
        let main = self.open(Wire::Main, bind.main)?;
        let probe = self.open(Wire::Probe, bind.probe);
        let probe = probe.inspect_err(|_| self.close(Wire::Main))?;
        Ok(SocketsBound { main, probe })
    }

    /// The sockets that are open, if they are what is asked for.
    fn bound(&self, bind: &BindSockets) -> Option<SocketsBound> {
        let fits = |wire, wanted: Address| {
            let bound = self.outgoing.get(&wire)?.socket.address();
            let is_port = [0, bound.port()].contains(&wanted.port());
            (is_port && wanted.ip() == bound.ip()).then_some(bound)
        };
        Some(SocketsBound {
            main: fits(Wire::Main, bind.main)?,
            probe: fits(Wire::Probe, bind.probe)?,
        })
    }

    /// Sends what waits for a socket, as far as the kernel takes it.
    fn flush(&mut self, wire: Wire, ctx: &Context<Self>) {
        let Some(outgoing) = self.outgoing.get_mut(&wire) else {
            return;
        };
        if outgoing.flush(&mut self.scratch, &self.counters) == Flushed::Blocked {
            let (socket, addr) = (outgoing.socket.clone(), ctx.addr().clone());
            self.options.spawner.spawn(Lane::Network, async move {
                // Whether it can be written to or is broken, sending tells.
                let _ = socket.io.writable().await;
                // Refused only when the actor has stopped.
                let _ = addr.tell(SocketWritable { wire });
            });
        }
    }

    /// The numbers of the open punch sockets.
    fn punch_sockets(&self) -> impl Iterator<Item = u16> {
        self.outgoing.keys().filter_map(|wire| match wire {
            Wire::Punch(number) => Some(*number),
            _ => None,
        })
    }
}

impl Actor for Udp {
    const KIND: &'static str = "udp";

    /// Where its sockets are and what went through them; never what that was.
    fn state(&self) -> Option<Value> {
        let sockets = self.outgoing.iter().map(|(wire, outgoing)| {
            let address = outgoing.socket.address().to_string();
            json!({ "wire": format!("{wire:?}"), "address": address, "waiting": outgoing.len() })
        });
        let counters = self.counters.read();
        Some(json!({
            "sockets": sockets.collect::<Vec<_>>(),
            "sent": counters.sent,
            "received": counters.received,
            "lost": counters.lost,
            "unread": counters.unread,
        }))
    }

    fn stopping(&mut self) {
        self.outgoing.clear();
        self.options.sockets.clear();
    }
}

impl Handler<BindSockets> for Udp {
    fn handle(
        &mut self,
        bind: BindSockets,
        reply: Reply<Result<SocketsBound, UdpError>>,
        _: &mut Context<Self>,
    ) {
        // A relay that was restarted asks again, and goes on with the same ports.
        reply.send(match self.bound(&bind) {
            Some(bound) => Ok(bound),
            None => self.bind(bind),
        });
    }
}

impl Handler<SendDatagrams> for Udp {
    fn handle(&mut self, send: SendDatagrams, _: Reply<()>, ctx: &mut Context<Self>) {
        let mut datagrams = send.datagrams;
        // Those of one length to one peer can leave together only if they stand together.
        datagrams.sort_by_key(|datagram| (datagram.wire, datagram.to));
        let mut datagrams = datagrams.into_iter().peekable();
        while let Some(wire) = datagrams.peek().map(|datagram| datagram.wire) {
            let of_wire = std::iter::from_fn(|| datagrams.next_if(|next| next.wire == wire));
            match self.outgoing.get_mut(&wire) {
                Some(outgoing) => outgoing.push_all(of_wire, &self.counters),
                None => self.counters.count_lost(of_wire.count()),
            }
            self.flush(wire, ctx);
        }
    }
}

impl Handler<SocketWritable> for Udp {
    fn handle(&mut self, writable: SocketWritable, _: Reply<()>, ctx: &mut Context<Self>) {
        if let Some(outgoing) = self.outgoing.get_mut(&writable.wire) {
            outgoing.unblock();
        }
        self.flush(writable.wire, ctx);
    }
}

impl Handler<HoldPunchSockets> for Udp {
    fn handle(&mut self, hold: HoldPunchSockets, reply: Reply<()>, _: &mut Context<Self>) {
        let Some(main) = self.outgoing.get(&Wire::Main) else {
            return;
        };
        let any_port = Address::new(*main.socket.address().ip(), 0);
        let free = (0..=u16::MAX).filter(|number| !hold.kept.contains(number));
        let wanted: Vec<u16> = free.take(usize::from(hold.count)).collect();
        let is_wanted = |number| wanted.contains(number) || hold.kept.contains(number);
        let open: Vec<u16> = self.punch_sockets().collect();
        for number in open.iter().filter(|number| !is_wanted(number)) {
            self.close(Wire::Punch(*number));
        }
        for number in wanted.iter().filter(|number| !open.contains(number)) {
            // A system that has no more sockets to give leaves fewer to punch with.
            let _ = self.open(Wire::Punch(*number), any_port);
        }
        reply.send(());
    }
}

impl Handler<DescribeSockets> for Udp {
    fn handle(&mut self, _: DescribeSockets, reply: Reply<SocketCounters>, _: &mut Context<Self>) {
        reply.send(self.counters.read());
    }
}
