//! When to restart a crashed actor.

use std::{collections::VecDeque, time::Duration};

use crate::relay::Time;

/// Decides over the restarts of one actor: sooner at first, later each time, and after
/// [`RestartPolicy::CRASHES_MAX`] crashes in [`RestartPolicy::WINDOW`] no more.
#[derive(Debug, Default)]
pub struct RestartPolicy {
    crashes: VecDeque<Time>,
}

/// What to do about a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Restart after this delay.
    RestartAfter(Duration),
    /// It crashes too often: stop it and tell those above.
    GiveUp,
}

impl RestartPolicy {
    /// Crashes within the window that are answered by a restart.
    pub const CRASHES_MAX: usize = 5;
    /// How far back crashes count.
    pub const WINDOW: Duration = Duration::from_secs(30);
    /// Delay before the first restart of a window; it doubles with each further one.
    pub const DELAY: Duration = Duration::from_millis(10);

    /// Notes a crash and decides.
    pub fn decide(&mut self, now: Time) -> Decision {
        while self
            .crashes
            .front()
            .is_some_and(|crash| now.since(*crash) > Self::WINDOW)
        {
            self.crashes.pop_front();
        }
        if self.crashes.len() >= Self::CRASHES_MAX {
            return Decision::GiveUp;
        }
        let doublings = u32::try_from(self.crashes.len()).unwrap_or(u32::MAX);
        self.crashes.push_back(now);
        Decision::RestartAfter(Self::DELAY * 2_u32.saturating_pow(doublings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(crash_seconds: &[u64], expected_last: Decision) {
        let mut policy = RestartPolicy::default();
        let decisions = crash_seconds
            .iter()
            .map(|second| policy.decide(Time::ZERO + Duration::from_secs(*second)));
        assert_eq!(
            decisions.last(),
            Some(expected_last),
            "crashes at {crash_seconds:?}"
        );
    }

    #[test]
    fn the_first_restart_comes_soonest_and_each_further_one_later() {
        check(&[0], Decision::RestartAfter(Duration::from_millis(10)));
        check(&[0, 1], Decision::RestartAfter(Duration::from_millis(20)));
        check(
            &[0, 1, 2, 3, 4],
            Decision::RestartAfter(Duration::from_millis(160)),
        );
    }

    #[test]
    fn the_sixth_crash_within_the_window_is_the_last() {
        check(&[0, 1, 2, 3, 4, 5], Decision::GiveUp);
    }

    #[test]
    fn old_crashes_are_forgotten() {
        check(
            &[0, 1, 2, 3, 4, 60],
            Decision::RestartAfter(Duration::from_millis(10)),
        );
    }
}
