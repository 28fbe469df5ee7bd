//! An orderly stop, as a host makes it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// Whether a process is to stop, and what it still does.
#[derive(Debug, Default)]
pub(crate) struct Stopping {
    has_begun: AtomicBool,
    in_flight: AtomicUsize,
}

impl Stopping {
    pub(crate) fn begin(&self) {
        self.has_begun.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }

    pub(crate) fn is_at_work(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) > 0
    }

    /// Counts what a stop has to wait for, as long as the guard lives.
    pub(crate) fn enter(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(self))
    }
}

/// See [`Stopping::enter`].
#[derive(Debug)]
pub(crate) struct InFlight(Arc<Stopping>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
