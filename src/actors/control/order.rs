//! Messages of one subscription in causal order.

use std::sync::Arc;

use super::Control;
use crate::{
    actors::kit::Context,
    relay::{
        PeerId,
        packet::{Field, Packet},
    },
};

/// One causal subscription.
#[derive(Debug, Default)]
pub(super) struct Ordered {}

impl Control {
    pub(super) fn put_in_order(
        &mut self,
        number: u64,
        _packet: &Packet,
        _sender: Option<PeerId>,
        line: Arc<str>,
        _ctx: &mut Context<Self>,
    ) {
        if let Some(feed) = self.setup.desk.feed_of(number) {
            feed.push_event(line);
        }
    }

    pub(super) fn take_answer(&mut self, _id: &Field, _packet: &Packet, _ctx: &mut Context<Self>) {}
}
