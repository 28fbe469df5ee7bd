//! A clock that a scenario can move.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use ambient::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};

/// The machine's clock, ahead by as much as it was moved.
#[derive(Debug, Default)]
pub(crate) struct MovableClock {
    ahead_seconds: AtomicI64,
}

impl MovableClock {
    /// Lets `time` go by, in whole seconds.
    pub(crate) fn advance(&self, time: Duration) {
        let seconds = i64::try_from(time.as_secs()).expect("scenarios stay within a lifetime");
        self.ahead_seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Ordering::SeqCst));
        SystemClock.now() + ahead
    }
}
