//! An orderly stop.

use std::sync::atomic::{AtomicBool, Ordering};

/// Once raised, it stays: no new mail is begun, what is in flight is settled.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    raised: AtomicBool,
}

impl Stop {
    pub(crate) fn raise(&self) {
        self.raised.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }
}
