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

    /// Forgets the issue, which is at its end: what asks for it later reads its
    /// logs again.
    pub(crate) fn forget(&self, issue_id: Uuid) {
        let mut kept = self.lock();
        kept.retain(|(kept, _), _| *kept != issue_id);
        kept.shrink_to_fit();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(Uuid, Shard), Fold>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard_log::{Action, Body, Control};

    /// A fold of one row.
    fn fold() -> Fold {
        let control = Control {
            event_id: Uuid::nil(),
            version: Some(1),
            upon: None,
            action: Action::Pause,
            reason: None,
        };
        let mut fold = Fold::default();
        let row = Body::Control(control).at(jiff::Timestamp::UNIX_EPOCH);
        fold.apply(0, &row).expect("a first row");
        fold
    }

    #[test]
    fn the_folds_of_an_issue_are_forgotten_and_no_others() {
        let (folds, shard) = (Folds::default(), Shard::default());
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        folds.keep(one, shard, fold());
        folds.keep(other, shard, fold());
        folds.forget(one);
        assert_eq!(folds.take(one, shard).next(), 0);
        assert_eq!(folds.take(other, shard).next(), 1);
    }
}
