//! The time for queues.

use std::time::Instant;

use ambient::{Clock, SystemClock, whole_milliseconds};
use jiff::{SignedDuration, Timestamp};

/// Begins with the machine's time and then runs evenly: setting the machine's
/// clock back while the process runs makes no message invisible for long.
#[derive(Debug)]
pub(crate) struct ProcessClock {
    start: Timestamp,
    since: Instant,
}

impl ProcessClock {
    pub(crate) fn start() -> Self {
        Self {
            start: SystemClock.now(),
            since: Instant::now(),
        }
    }
}

impl Clock for ProcessClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.since.elapsed()).unwrap_or(SignedDuration::MAX);
        whole_milliseconds(self.start.saturating_add(passed).unwrap_or(Timestamp::MAX))
    }
}
