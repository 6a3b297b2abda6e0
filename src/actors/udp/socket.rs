//! One socket as the kernel has it, and all those of a peer.

use std::{
    collections::BTreeMap,
    io, net,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::AbortHandle;
use quinn_udp::UdpSocketState;
use rustix::net::sockopt;
use tokio::net::UdpSocket;

use super::counters::Counters;
use crate::relay::{Address, peer::Wire};

/// A bound socket.
pub(super) struct Socket {
    pub(super) io: UdpSocket,
    pub(super) state: UdpSocketState,
    address: Address,
}

impl Socket {
    /// Binds a socket; called on the lane on which it will be used.
    pub(super) fn bind(address: Address) -> io::Result<Self> {
        let socket = net::UdpSocket::bind(address)?;
        let bound = match socket.local_addr()? {
            net::SocketAddr::V4(bound) => bound,
            net::SocketAddr::V6(_) => return Err(io::ErrorKind::AddrNotAvailable.into()),
        };
        // Room for bursts; a system that grants less still works.
        let _ = sockopt::set_socket_recv_buffer_size(&socket, BUFFER_BYTES);
        let _ = sockopt::set_socket_send_buffer_size(&socket, BUFFER_BYTES);
        let state = UdpSocketState::new((&socket).into())?;
        // A packet that is too large for some link on its way is better cut than lost.
        #[cfg(target_os = "linux")]
        let _ = sockopt::set_ip_mtu_discover(&socket, sockopt::Ipv4PathMtuDiscovery::DONT);
        socket.set_nonblocking(true)?;
        Ok(Self {
            io: UdpSocket::from_std(socket)?,
            state,
            address: bound,
        })
    }

    /// Where it is bound.
    pub(super) fn address(&self) -> Address {
        self.address
    }
}

/// The open sockets of one peer, with the tasks that receive from them; outlives a restart
/// of the actor.
#[derive(Clone, Default)]
pub struct OpenSockets {
    open: Arc<Mutex<BTreeMap<Wire, Open>>>,
    counters: Counters,
}

struct Open {
    socket: Arc<Socket>,
    receiving: AbortHandle,
}

impl OpenSockets {
    pub(super) fn counters(&self) -> Counters {
        self.counters.clone()
    }

    pub(super) fn all(&self) -> Vec<(Wire, Arc<Socket>)> {
        let open = self.lock();
        let all = open.iter();
        all.map(|(wire, open)| (*wire, open.socket.clone()))
            .collect()
    }

    pub(super) fn insert(&self, wire: Wire, socket: Arc<Socket>, receiving: AbortHandle) {
        self.lock().insert(wire, Open { socket, receiving });
    }

    pub(super) fn remove(&self, wire: Wire) {
        self.lock().remove(&wire);
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Wire, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.receiving.abort();
    }
}

/// Bytes that the kernel is asked to hold for a socket, each way.
const BUFFER_BYTES: usize = 4 << 20;
