//! What is known after the rows so far.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    super::{
        control::Controls,
        effect::{Notable, Told},
        outcomes::{Exception, Hold},
        resolve::Decisions,
        row::Removal,
        streak::Streaks,
    },
    Fold, MAX_TOLD, OpenClaim, Retry,
};
use crate::domain::counts::Counts;

impl Fold {
    /// The number of the row to come.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// The last id that the pages have got to.
    pub(crate) fn cursor(&self) -> Option<Uuid> {
        self.cursor
    }

    pub(crate) fn open(&self) -> Option<&OpenClaim> {
        self.open.as_ref()
    }

    /// When the last claim was made, and of how many.
    pub(crate) fn last_claim(&self) -> Option<(Timestamp, usize)> {
        self.last_claim
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// Recipients whom a row named and who have no outcome yet; those whom the
    /// pages have not got to are not among them.
    pub(crate) fn pending(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, |open| open.ids.len());
        (open + self.retry.len() + self.late.len()) as u64
    }

    pub(crate) fn controls(&self) -> &Controls {
        &self.controls
    }

    pub(in crate::shard_log) fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.controls.is_cancelled()
    }

    pub(crate) fn streaks(&self) -> &Streaks {
        &self.streaks
    }

    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// How often nobody was left.
    #[cfg(test)]
    pub(crate) fn passes(&self) -> u32 {
        self.passes
    }

    /// What the projection's rows did that no worker has told yet, by their
    /// numbers: as much of it as goes into one transaction. The projection does
    /// not fold the log, so that it cannot tell: the next row of a worker tells
    /// this, and the one after that the next part.
    pub(crate) fn untold(&self) -> &[(u64, Vec<Told>)] {
        let mut told = 0;
        let fits = self.untold.iter().take_while(|(_, row)| {
            told += row.len();
            told <= MAX_TOLD
        });
        &self.untold[..fits.count()]
    }

    pub(crate) fn retries(&self) -> impl Iterator<Item = (Uuid, Retry)> {
        self.retry.iter().map(|(id, retry)| (*id, *retry))
    }

    pub(crate) fn retry(&self, id: Uuid) -> Option<Retry> {
        self.retry.get(&id).copied()
    }

    /// Late ones who are not claimed yet.
    pub(crate) fn late(&self) -> impl Iterator<Item = Uuid> {
        self.late.iter().copied()
    }

    pub(in crate::shard_log) fn is_late(&self, id: Uuid) -> bool {
        self.late.contains(&id)
    }

    pub(crate) fn held(&self) -> impl Iterator<Item = (Uuid, Hold)> {
        self.exceptions.held()
    }

    pub(in crate::shard_log) fn hold(&self, id: Uuid) -> Option<Hold> {
        self.exceptions.hold(id)
    }

    pub(crate) fn exception(&self, id: Uuid) -> Option<&Exception> {
        self.exceptions.get(id)
    }

    pub(in crate::shard_log) fn removal(&self, id: Uuid) -> Option<Removal> {
        self.removed.get(&id).copied()
    }

    pub(in crate::shard_log) fn was_claimed(&self, id: Uuid) -> bool {
        self.claimed.contains(id)
    }

    /// Whether a claim of somebody beyond the cursor has named `id` already.
    pub(in crate::shard_log) fn was_claimed_ahead(&self, id: Uuid) -> bool {
        self.claimed.is_ahead(id)
    }

    /// Whether the open claim has `id`.
    pub(in crate::shard_log) fn is_open(&self, id: Uuid) -> bool {
        self.open
            .as_ref()
            .is_some_and(|open| open.ids.contains(&id))
    }

    /// Why subscriptions is told of `id`'s acceptance; none if it is not.
    pub(in crate::shard_log) fn notable(&self, id: Uuid) -> Option<Notable> {
        self.notable.get(&id).copied()
    }

    pub(in crate::shard_log) fn has_bounced(&self, id: Uuid) -> bool {
        self.bounced.contains(&id)
    }

    pub(in crate::shard_log) fn has_complained(&self, id: Uuid) -> bool {
        self.complained.contains(&id)
    }

    /// Whether no row has decided anything about `id`, but that it is late.
    pub(in crate::shard_log) fn is_untouched(&self, id: Uuid) -> bool {
        !self.was_claimed(id) && !self.removed.contains_key(&id) && !self.exceptions.contains(id)
    }

    /// Whether a page that has `id`, which is beyond the cursor, is to pass
    /// over it: it is removed, or claimed from elsewhere.
    pub(in crate::shard_log) fn passes_over(&self, id: Uuid) -> bool {
        self.removed.contains_key(&id)
            || self.late.contains(&id)
            || self.was_claimed_ahead(id)
            || self.exceptions.contains(id)
    }
}
