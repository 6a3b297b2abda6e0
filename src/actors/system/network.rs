//! The question about the network interfaces.

use std::collections::BTreeMap;

use if_addrs::{IfAddr, Interface};

use super::{Question, SystemOptions};
use crate::messages::system::{InterfaceAddress, ListInterfaces, SystemError};

impl Question for ListInterfaces {
    type Answer = BTreeMap<String, Vec<InterfaceAddress>>;

    fn answer(self, _: &SystemOptions) -> Result<Self::Answer, SystemError> {
        let interfaces = if_addrs::get_if_addrs().map_err(|error| SystemError::Unreadable {
            what: "the network interfaces",
            reason: error.to_string(),
        })?;
        let mut named = BTreeMap::<_, Vec<_>>::new();
        for interface in interfaces {
            let mac = mac(&interface.name);
            let address = describe(&interface, mac);
            named.entry(interface.name).or_default().push(address);
        }
        Ok(named)
    }
}

fn describe(interface: &Interface, mac: String) -> InterfaceAddress {
    let (family, netmask, length) = match &interface.addr {
        IfAddr::V4(v4) => ("IPv4", v4.netmask.to_string(), v4.prefixlen),
        IfAddr::V6(v6) => ("IPv6", v6.netmask.to_string(), v6.prefixlen),
    };
    let address = interface.ip().to_string();
    InterfaceAddress {
        netmask,
        family,
        mac,
        internal: interface.is_loopback(),
        cidr: format!("{address}/{length}"),
        scopeid: (family == "IPv6").then(|| scope(interface)),
        address,
    }
}

/// Only an address that is valid on one link needs the link's number.
fn scope(interface: &Interface) -> u32 {
    if interface.is_link_local() {
        interface.index.unwrap_or(0)
    } else {
        0
    }
}

fn mac(interface: &str) -> String {
    let path = format!("/sys/class/net/{interface}/address");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let text = text.trim();
    // An interface without hardware may have none, or one of another length.
    let is_mac = text.len() == NO_MAC.len();
    if is_mac {
        text.to_owned()
    } else {
        NO_MAC.to_owned()
    }
}

const NO_MAC: &str = "00:00:00:00:00:00";
