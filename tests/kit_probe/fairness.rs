//! An actor that never runs dry leaves its neighbours their time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use socket_runtime::{
    actors::kit::{Actor, Context, Handler, Lane, Reply, Spec},
    messages::Message,
    relay::Time,
};

use crate::support::{live, report, until, until_state};

/// Sends itself a message for as long as it lives.
struct Busy;
struct Spin;
impl Message for Spin {
    type Reply = ();
}
impl Actor for Busy {
    const KIND: &'static str = "busy";
}
impl Handler<Spin> for Busy {
    fn handle(&mut self, _: Spin, _: Reply<()>, ctx: &mut Context<Self>) {
        ctx.addr().tell(Spin).unwrap();
    }
}

/// Notes how late its timer goes off, again and again.
struct Ticker {
    due: Time,
    late: Arc<Mutex<Vec<Duration>>>,
}
struct Tick;
impl Message for Tick {
    type Reply = ();
}
impl Actor for Ticker {
    const KIND: &'static str = "ticker";
    fn started(&mut self, ctx: &mut Context<Self>) {
        self.arm(ctx);
    }
}
impl Handler<Tick> for Ticker {
    fn handle(&mut self, _: Tick, _: Reply<()>, ctx: &mut Context<Self>) {
        self.late.lock().unwrap().push(ctx.now().since(self.due));
        self.arm(ctx);
    }
}
impl Ticker {
    fn arm(&mut self, ctx: &mut Context<Self>) {
        let period = Duration::from_millis(1);
        self.due = ctx.now() + period;
        ctx.after(period, Tick).unwrap();
    }
}

#[test]
fn a_timer_of_a_millisecond_goes_off_in_time_beside_an_actor_that_never_rests() {
    live(async |live| {
        let host = live.host();
        let busy = host.start(Spec::new("busy", Lane::Core), || Busy);
        busy.tell(Spin).unwrap();
        let late = Arc::new(Mutex::new(Vec::new()));
        let shared = late.clone();
        host.start(Spec::new("ticker", Lane::Core), move || Ticker {
            due: Time::ZERO,
            late: shared.clone(),
        });
        until(|| late.lock().unwrap().len() >= 100).await;
        let mut late = late.lock().unwrap().clone();
        late.sort();
        // A busy machine may take the core away from both for longer.
        assert!(late[50] <= Duration::from_millis(5), "{late:?}");
        println!("late by {:?} at most, {:?} at the median", late[99], late[50]);
        assert!(report(host, "busy").handled > 100);
        busy.controls().stop();
        until_state(host, "busy", "stopped").await;
    });
}
