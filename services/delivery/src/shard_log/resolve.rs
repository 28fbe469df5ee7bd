//! What an admin decides about held recipients.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    fold::Fold,
    row::{Body, Evidence, Finding, MAX_IDS},
};

/// What becomes of held recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// Send again, which may mail somebody twice.
    Resend,
    /// Give it up: they count as failed.
    Drop,
}

/// An admin's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The number of the decision among the issue's, which its rows carry.
    pub(crate) version: u64,
    /// When it was made: it is about nobody who was held only after that.
    pub(crate) made_at: Timestamp,
    pub(crate) resolution: Resolution,
    /// Whom it is about; none: all who are held.
    pub(crate) ids: Option<Vec<Uuid>>,
}

impl Fold {
    /// The rows by which `decision` is carried out in this shard, for those of
    /// whom it is about.
    ///
    /// There is no memory of decisions: whoever was held when one was made, and
    /// is held ever since, is still to be decided upon by it, whatever others
    /// came before. So no decision is lost to one that overtook it, and again it
    /// is about nobody, also if somebody was held anew meanwhile.
    pub(crate) fn resolve(&self, decision: &Decision) -> Vec<Body> {
        let version = decision.version;
        let finding = match decision.resolution {
            Resolution::Resend => Finding::Resend { decision: version },
            Resolution::Drop => Finding::Drop { decision: version },
        };
        let mut by_claim: BTreeMap<u64, Vec<Uuid>> = BTreeMap::new();
        for (id, hold) in self.held() {
            if self.is_about(decision, id) {
                by_claim.entry(hold.claim).or_default().push(id);
            }
        }
        let mut rows = Vec::new();
        for (claim, mut ids) in by_claim {
            ids.sort_unstable();
            rows.extend(ids.chunks(MAX_IDS).map(|ids| {
                Body::Evidence(Evidence {
                    claim,
                    ids: ids.to_vec(),
                    finding: finding.clone(),
                })
            }));
        }
        rows
    }

    /// Whether `decision` means `id`, who is held.
    fn is_about(&self, decision: &Decision, id: Uuid) -> bool {
        let is_meant = decision.ids.as_ref().is_none_or(|ids| ids.contains(&id));
        let held = self.exception(id);
        is_meant && held.is_some_and(|held| held.at <= decision.made_at)
    }
}
