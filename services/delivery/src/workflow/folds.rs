//! Logs that this process has folded, so that the next invocation reads only
//! what is new.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use crate::{domain::shard::Shard, shard_log::Fold};

/// How many are kept: those of four issues. One of an issue to a million takes
/// about half a megabyte.
const MAX_KEPT: usize = 64;

/// Folds by issue and shard. A log only grows, so that a fold of its first rows
/// is never wrong, only behind.
#[derive(Debug, Default)]
pub(crate) struct Folds {
    kept: Mutex<HashMap<(Uuid, Shard), Fold>>,
}

impl Folds {
    /// Takes the fold out; an empty one if there is none, or somebody has it.
    pub(crate) fn take(&self, issue_id: Uuid, shard: Shard) -> Fold {
        self.lock().remove(&(issue_id, shard)).unwrap_or_default()
    }

    /// Keeps `fold`, unless there is one that is further.
    pub(crate) fn keep(&self, issue_id: Uuid, shard: Shard, fold: Fold) {
        let mut kept = self.lock();
        let key = (issue_id, shard);
        if kept.get(&key).is_some_and(|it| it.next() >= fold.next()) {
            return;
        }
        if kept.len() >= MAX_KEPT && !kept.contains_key(&key) {
            let other = kept.keys().next().copied();
            other.and_then(|other| kept.remove(&other));
        }
        kept.insert(key, fold);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(Uuid, Shard), Fold>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
