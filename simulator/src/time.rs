//! Time, which passes when everybody waits.

use std::sync::atomic::{AtomicI64, Ordering};

use ambient::{Clock, whole_milliseconds};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// When every run begins: 2026-01-05T08:00:00Z.
const BEGINNING: i64 = 1_767_600_000;

/// A machine's clock: the world's time, and how wrong it is.
#[derive(Debug)]
pub(crate) struct MachineClock {
    began: Instant,
    /// In milliseconds.
    wrong_by: AtomicI64,
}

impl MachineClock {
    pub(crate) fn new(began: Instant) -> Self {
        Self {
            began,
            wrong_by: AtomicI64::new(0),
        }
    }

    /// From now on it is so many milliseconds ahead, or behind.
    pub(crate) fn jump(&self, to: i64) {
        self.wrong_by.store(to, Ordering::Relaxed);
    }
}

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.began.elapsed()).expect("in range");
        let wrong = SignedDuration::from_millis(self.wrong_by.load(Ordering::Relaxed));
        whole_milliseconds(beginning() + passed + wrong)
    }
}

/// When every run begins.
pub(crate) fn beginning() -> Timestamp {
    Timestamp::from_second(BEGINNING).expect("in range")
}
