//! Who is not simply accepted: the failed, suppressed, skipped and held.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::counts::Counts;

/// What happened to a recipient instead of an accepted mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Failed,
    Suppressed,
    Skipped,
    Held(Hold),
}

/// Nobody knows whether the mail left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    /// The number of the claim it comes from.
    pub(crate) claim: u64,
}

/// An outcome, why, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exception {
    pub(crate) outcome: Outcome,
    pub(crate) reason: Arc<str>,
    pub(crate) at: Timestamp,
}

/// The exceptions of a log by id. Reasons are few and shared.
#[derive(Debug, Clone, Default)]
pub(super) struct Exceptions {
    by_id: HashMap<Uuid, Exception>,
    reasons: Vec<Arc<str>>,
}

/// How many different reasons are shared; more are kept each by itself.
const SHARED_REASONS: usize = 64;

impl Exceptions {
    pub(super) fn get(&self, id: Uuid) -> Option<&Exception> {
        self.by_id.get(&id)
    }

    pub(super) fn contains(&self, id: Uuid) -> bool {
        self.by_id.contains_key(&id)
    }

    pub(super) fn hold(&self, id: Uuid) -> Option<Hold> {
        match self.by_id.get(&id)?.outcome {
            Outcome::Held(hold) => Some(hold),
            Outcome::Failed | Outcome::Suppressed | Outcome::Skipped => None,
        }
    }

    /// The held ones, in no order.
    pub(super) fn held(&self) -> impl Iterator<Item = (Uuid, Hold)> {
        self.by_id
            .iter()
            .filter_map(|(id, exception)| match exception.outcome {
                Outcome::Held(hold) => Some((*id, hold)),
                Outcome::Failed | Outcome::Suppressed | Outcome::Skipped => None,
            })
    }

    /// Puts `id` among them, in place of what it was, and counts it.
    pub(super) fn insert(
        &mut self,
        id: Uuid,
        outcome: Outcome,
        reason: &str,
        at: Timestamp,
        counts: &mut Counts,
    ) {
        self.remove(id, counts);
        *count(counts, outcome) += 1;
        let reason = self.shared(reason);
        self.by_id.insert(
            id,
            Exception {
                outcome,
                reason,
                at,
            },
        );
    }

    /// Takes `id` out, and out of the counts.
    pub(super) fn remove(&mut self, id: Uuid, counts: &mut Counts) {
        if let Some(exception) = self.by_id.remove(&id) {
            *count(counts, exception.outcome) -= 1;
        }
    }

    fn shared(&mut self, reason: &str) -> Arc<str> {
        if let Some(known) = self.reasons.iter().find(|known| &***known == reason) {
            return known.clone();
        }
        let reason: Arc<str> = reason.into();
        if self.reasons.len() < SHARED_REASONS {
            self.reasons.push(reason.clone());
        }
        reason
    }
}

fn count(counts: &mut Counts, outcome: Outcome) -> &mut u64 {
    match outcome {
        Outcome::Failed => &mut counts.failed,
        Outcome::Suppressed => &mut counts.suppressed,
        Outcome::Skipped => &mut counts.skipped,
        Outcome::Held(_) => &mut counts.held,
    }
}
