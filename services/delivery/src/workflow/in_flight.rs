//! Which workers of this process are at work.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use super::WorkerId;

/// The workers inside `send_shard` in this process. A claim of one of them is
/// never left over, however the clocks stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight {
    workers: Arc<Mutex<HashSet<WorkerId>>>,
}

impl InFlight {
    /// Counts `worker` among them until the guard is dropped.
    pub(crate) fn enter(&self, worker: WorkerId) -> AtWork {
        self.lock(|workers| workers.insert(worker));
        AtWork {
            worker,
            in_flight: self.clone(),
        }
    }

    /// The same, unless `worker` is among them already.
    pub(crate) fn try_enter(&self, worker: WorkerId) -> Option<AtWork> {
        let is_first = self.lock(|workers| workers.insert(worker));
        is_first.then(|| AtWork {
            worker,
            in_flight: self.clone(),
        })
    }

    pub(crate) fn contains(&self, worker: WorkerId) -> bool {
        self.lock(|workers| workers.contains(&worker))
    }

    fn lock<T>(&self, act: impl FnOnce(&mut HashSet<WorkerId>) -> T) -> T {
        act(&mut self.workers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A worker is at work as long as this lives.
#[derive(Debug)]
pub(crate) struct AtWork {
    worker: WorkerId,
    in_flight: InFlight,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.in_flight.lock(|workers| workers.remove(&self.worker));
    }
}
