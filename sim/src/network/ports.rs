//! The open ports of one node: few in place, many on the heap.

/// A set of ports; 0 is never in it.
#[derive(Clone, Debug, Default)]
pub(super) struct PortSet {
    few: [u16; 4],
    more: Option<Box<More>>,
}

/// In order.
#[derive(Clone, Debug, Default)]
struct More(Vec<u16>);

impl PortSet {
    pub(super) fn insert(&mut self, port: u16) {
        if port == 0 || self.contains(port) {
            return;
        }
        if let Some(slot) = self.few.iter_mut().find(|slot| **slot == 0) {
            *slot = port;
            return;
        }
        let more = &mut self.more.get_or_insert_default().0;
        let index = more.partition_point(|other| *other < port);
        more.insert(index, port);
    }

    pub(super) fn remove(&mut self, port: u16) {
        if let Some(slot) = self.few.iter_mut().find(|slot| **slot == port) {
            *slot = 0;
        } else if let Some(more) = &mut self.more
            && let Ok(index) = more.0.binary_search(&port)
        {
            more.0.remove(index);
        }
    }

    #[inline]
    pub(super) fn contains(&self, port: u16) -> bool {
        if port == 0 {
            return false;
        }
        let is_in = |more: &More| more.0.binary_search(&port).is_ok();
        self.few.contains(&port) || self.more.as_deref().is_some_and(is_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_ports_are_kept() {
        let mut ports = PortSet::default();
        for port in (1..=300).rev().chain(1..=300) {
            ports.insert(port * 7);
        }
        ports.remove(7);
        ports.remove(2_100);
        assert!((2..300).all(|port| ports.contains(port * 7)));
        assert!(
            [0, 7, 8, 2_100]
                .into_iter()
                .all(|port| !ports.contains(port))
        );
        assert_eq!(size_of::<PortSet>(), 16);
    }
}
