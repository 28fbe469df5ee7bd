//! The tests' time.

use std::sync::atomic::{AtomicI64, Ordering};

use ambient::Clock;
use jiff::{SignedDuration, Timestamp};

/// Goes on by a millisecond each time that it is asked, so that things have an
/// order, and otherwise when a test says so.
pub(crate) struct ManualClock {
    milliseconds: AtomicI64,
}

impl Default for ManualClock {
    fn default() -> Self {
        // 2026-01-01T00:00:00Z
        Self {
            milliseconds: AtomicI64::new(1_767_225_600_000),
        }
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let now = self.milliseconds.fetch_add(1, Ordering::SeqCst);
        Timestamp::from_millisecond(now).expect("in range")
    }
}

impl ManualClock {
    /// Lets time pass.
    pub(crate) fn pass(&self, time: SignedDuration) {
        let time = i64::try_from(time.as_millis()).expect("in range");
        self.milliseconds.fetch_add(time, Ordering::SeqCst);
    }

    pub(crate) fn pass_hours(&self, hours: i64) {
        self.pass(SignedDuration::from_hours(hours));
    }
}
