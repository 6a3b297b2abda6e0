//! Has neighbours written down now and then, and at the end.

use super::{ASK_DEADLINE, Control};
use crate::{
    actors::{
        kit::Context,
        relay::neighbours::{WRITE_DELAY, remembered, save},
    },
    messages::{control::NeighboursDue, relay::DescribePeer},
};

impl Control {
    /// Connections have changed: some time later, they are written down.
    pub(super) fn note_neighbours(&mut self, ctx: &mut Context<Self>) {
        if self.setup.state.is_some() && !self.is_noting {
            self.is_noting = ctx.after(WRITE_DELAY, NeighboursDue).is_ok();
        }
    }

    pub(super) fn write_neighbours(&mut self, ctx: &mut Context<Self>) {
        self.is_noting = false;
        self.write_then(ctx, |_, _| {});
    }

    /// Writes down what has changed since the last time, if anything has, and goes on.
    pub(super) fn write_last(
        &mut self,
        ctx: &mut Context<Self>,
        then: impl FnOnce(&mut Self, &mut Context<Self>) + Send + 'static,
    ) {
        if std::mem::take(&mut self.is_noting) {
            self.write_then(ctx, then);
        } else {
            then(self, ctx);
        }
    }

    fn write_then(
        &self,
        ctx: &mut Context<Self>,
        then: impl FnOnce(&mut Self, &mut Context<Self>) + Send + 'static,
    ) {
        let describe = self.setup.outlets.describe.clone();
        ctx.ask(
            &describe,
            DescribePeer,
            ASK_DEADLINE,
            |control, report, ctx| {
                let (Some(state), Ok(report)) = (control.setup.state.clone(), report) else {
                    return then(control, ctx);
                };
                let neighbours = remembered(&report);
                ctx.offload(
                    move || save(&state, &neighbours),
                    |control, _, ctx| then(control, ctx),
                );
            },
        );
    }
}
