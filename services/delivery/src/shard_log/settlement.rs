//! What became of a claim, in few bytes: whoever is not mentioned was accepted.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bytes;

/// What became of the ids of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settlement {
    /// The number of the claim.
    pub(crate) claim: u64,
    /// Who was not accepted; each id once at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) others: Vec<Deviation>,
}

/// Ids of a claim that met the same fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deviation {
    pub(crate) fate: Fate,
    /// Short, fit for admins and logs: never an address.
    pub(crate) reason: String,
    /// Their places among the claim's ids.
    #[serde(with = "bytes::octets")]
    pub(crate) places: Vec<u8>,
}

/// What a mail call's result means for the log, where it is not "accepted".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    /// Permanent for this recipient.
    Failed,
    /// Not attempted: the address bounced or complained before.
    Suppressed,
    /// Known unsent for a cause of this recipient's: counts as an attempt.
    Unsent,
    /// Known unsent since the mail side is out of order or throttles, whoever
    /// the recipient: the shard waits, nobody loses an attempt.
    Unavailable,
    /// Known unsent since no call was made.
    Released,
    /// Nobody knows whether it left.
    Unclear,
}

/// What is known of one id after the call; none: accepted.
pub(crate) type Known = Option<(Fate, String)>;

impl Settlement {
    /// Groups `known`, one for each id of the claim in their order.
    pub(crate) fn new(claim: u64, known: &[Known]) -> Self {
        let mut others: Vec<Deviation> = Vec::new();
        for (place, known) in (0..=u8::MAX).zip(known) {
            let Some((fate, reason)) = known else {
                continue;
            };
            let same = |other: &&mut Deviation| other.fate == *fate && other.reason == *reason;
            match others.iter_mut().find(same) {
                Some(group) => group.places.push(place),
                None => others.push(Deviation {
                    fate: *fate,
                    reason: reason.clone(),
                    places: vec![place],
                }),
            }
        }
        Self { claim, others }
    }

    /// What is known of each of `ids`; none if this does not fit them: a place
    /// beyond the last, or one named twice.
    pub(crate) fn of(&self, ids: &[Uuid]) -> Option<Vec<Option<(Fate, &str)>>> {
        let mut known = vec![None; ids.len()];
        for other in &self.others {
            for place in &other.places {
                let slot = known.get_mut(usize::from(*place))?;
                if slot.replace((other.fate, other.reason.as_str())).is_some() {
                    return None;
                }
            }
        }
        Some(known)
    }

    /// Whether somebody met `fate`.
    pub(crate) fn has(&self, fate: Fate) -> bool {
        self.others.iter().any(|other| other.fate == fate)
    }

    /// How many of the claim's ids are mentioned.
    pub(crate) fn mentioned(&self) -> usize {
        self.others.iter().map(|other| other.places.len()).sum()
    }
}
