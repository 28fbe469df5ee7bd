//! What an admin decides about held recipients.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{
    fold::Fold,
    outcomes::Hold,
    row::{Body, CarriedOut, Evidence, Finding, MAX_IDS},
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
    pub(crate) resolution: Resolution,
    /// Whom it is about; none: all who are held.
    pub(crate) ids: Option<Vec<Uuid>>,
}

/// The decisions that a log has. They are few, and so are those who were held.
#[derive(Debug, Clone, Default)]
pub(super) struct Decisions {
    /// Those that were carried out here to the end, and by which row.
    carried_out: BTreeMap<u64, u64>,
    /// The newest decision that named them, of those who were held.
    named: HashMap<Uuid, u64>,
}

impl Decisions {
    pub(super) fn fold(&mut self, number: u64, body: &Body) {
        match body {
            Body::Evidence(evidence) => {
                let Some(version) = evidence.finding.decision() else {
                    return;
                };
                for id in &evidence.ids {
                    let newest = self.named.entry(*id).or_default();
                    *newest = version.max(*newest);
                }
            }
            Body::CarriedOut(CarriedOut { decision }) => {
                self.carried_out.insert(*decision, number);
            }
            _ => {}
        }
    }

    fn are_carried_out(&self, version: u64) -> bool {
        self.carried_out.contains_key(&version)
    }

    /// Whether `hold` is of a claim that was made after a newer decision was
    /// carried out: whoever made `version` knew nothing of it.
    fn is_later(&self, version: u64, hold: Hold) -> bool {
        let mut newer = self.carried_out.range(version + 1..);
        newer.any(|(_, number)| hold.claim > *number)
    }

    /// Whether it, or one that is newer, has named `id`.
    fn have_named(&self, version: u64, id: Uuid) -> bool {
        self.named.get(&id).is_some_and(|newest| *newest >= version)
    }
}

impl Fold {
    /// The rows by which `decision` is carried out in this shard: about those
    /// of whom it is, and one that ends it.
    ///
    /// It is about whoever is held and was not named by it or by a newer one. So
    /// no decision is lost to one that overtook it, except for whom that one
    /// named, too, or who was claimed after that one; and again it is about nobody,
    /// also if somebody was held, or held anew, meanwhile. No clock has a part in this, only the log's order.
    pub(crate) fn resolve(&self, decision: &Decision) -> Vec<Body> {
        let version = decision.version;
        if self.decisions().are_carried_out(version) {
            return Vec::new();
        }
        let finding = match decision.resolution {
            Resolution::Resend => Finding::Resend { decision: version },
            Resolution::Drop => Finding::Drop { decision: version },
        };
        let mut by_claim: BTreeMap<u64, Vec<Uuid>> = BTreeMap::new();
        for (id, hold) in self.held() {
            if self.is_about(decision, id, hold) {
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
        rows.push(Body::CarriedOut(CarriedOut { decision: version }));
        rows
    }

    /// Whether `decision` means `id`, who is held.
    fn is_about(&self, decision: &Decision, id: Uuid, hold: Hold) -> bool {
        let is_meant = decision.ids.as_ref().is_none_or(|ids| ids.contains(&id));
        let (known, version) = (self.decisions(), decision.version);
        is_meant && !known.have_named(version, id) && !known.is_later(version, hold)
    }
}
