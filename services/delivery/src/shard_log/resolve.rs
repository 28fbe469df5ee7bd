//! What an admin decides about held recipients.

use std::collections::BTreeMap;

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

impl Fold {
    /// The rows by which the admin's decision number `decision` (its version)
    /// is carried out in this shard, for those of `ids` who are held, or for
    /// all. The same decision again is about those only whom it met the first
    /// time; an older one than a decision that was seen is about nobody.
    pub(crate) fn resolve(
        &self,
        decision: u64,
        resolution: Resolution,
        ids: Option<&[Uuid]>,
    ) -> Vec<Body> {
        let finding = match resolution {
            Resolution::Resend => Finding::Resend { decision },
            Resolution::Drop => Finding::Drop { decision },
        };
        let meant = |id: &Uuid| ids.is_none_or(|ids| ids.contains(id));
        let mut by_claim: BTreeMap<u64, Vec<Uuid>> = BTreeMap::new();
        for (id, hold) in self.held() {
            if meant(&id) && self.is_due(decision, Some(hold)) {
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
}
