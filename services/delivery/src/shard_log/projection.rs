//! What a change of a recipient means for the issues in the head of its shard.

use uuid::Uuid;

use super::row::{Body, Late, Removal, Removed, Row};

/// A recipient's change, as one issue sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) id: Uuid,
    /// Whether the issue was for them, by the version that was read.
    pub(crate) was_recipient: bool,
    /// Whether it is, by the version that is written.
    pub(crate) is_recipient: bool,
    /// Why, if it is not.
    pub(crate) why: Removal,
}

/// The rows that changes of one shard's recipients add to the log of one issue
/// in the head, planned or not, done or not, in the transaction of the changes
/// (at most [`MAX_IDS`](super::MAX_IDS) of them).
pub(crate) fn rows(changes: &[Change]) -> Vec<Body> {
    let late: Vec<Uuid> = changes
        .iter()
        .filter(|change| !change.was_recipient && change.is_recipient)
        .map(|change| change.id)
        .collect();
    let mut rows = Vec::new();
    if !late.is_empty() {
        rows.push(Body::Late(Late { ids: late }));
    }
    for why in [Removal::Unsubscribed, Removal::Erased, Removal::Suppressed] {
        let gone = |change: &&Change| change.was_recipient && !change.is_recipient;
        let ids: Vec<Uuid> = changes
            .iter()
            .filter(|change| gone(change) && change.why == why)
            .map(|change| change.id)
            .collect();
        if !ids.is_empty() {
            let cursor = None;
            rows.push(Body::Removed(Removed { ids, why, cursor }));
        }
    }
    rows
}

/// Whether `late` rows on top of a log that ends with `newest_first` need the
/// start of an execution in the same transaction: they do if nobody has claimed
/// since a shard's end. Where these few rows do not tell, they do, for a start
/// too many ends by itself.
pub(crate) fn late_needs_start(newest_first: &[Row]) -> bool {
    newest_first
        .iter()
        .find_map(|row| match row.body {
            Body::Claim(_) | Body::Settle(_) | Body::Takeover(_) => Some(false),
            Body::Done(_) => Some(true),
            Body::Evidence(_) | Body::Control(_) | Body::Late(_) | Body::Removed(_) => None,
        })
        .unwrap_or(true)
}
