//! A clock that moves when it is told to.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use ambient::{Clock, SystemClock};
use jiff::Timestamp;

#[derive(Clone)]
pub(crate) struct TestClock(Arc<Mutex<Timestamp>>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(SystemClock.now())))
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().expect("the lock") += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("the lock")
    }
}
