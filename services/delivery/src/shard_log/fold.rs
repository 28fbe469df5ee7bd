//! The state of one issue in one shard: its log, folded row by row. Nothing
//! else is state.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    admit::FoldError,
    claimed::Claimed,
    control::Controls,
    effect::{Effect, Told},
    outcomes::{Exception, Exceptions, Hold, Outcome},
    row::{Body, Claim, MAX_IDS, Removal, Row},
    streak::Streaks,
};
use crate::{domain::counts::Counts, workflow::WorkerId};

/// The most exceptions of the projection's rows that one row of a worker tells:
/// more than a row has, and about 2 MB of the 4 MB of a transaction.
pub(crate) const MAX_TOLD: usize = 10_000;
const _: () = assert!(MAX_IDS <= MAX_TOLD, "a part has a row at least");

/// The folded log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fold {
    /// The number of the row to come.
    next: u64,
    /// The last id that the pages have got to.
    cursor: Option<Uuid>,
    open: Option<OpenClaim>,
    /// When the last claim was made, and of how many.
    last_claim: Option<(Timestamp, usize)>,
    claimed: Claimed,
    retry: BTreeMap<Uuid, Retry>,
    late: BTreeSet<Uuid>,
    removed: HashMap<Uuid, Removal>,
    exceptions: Exceptions,
    /// Those of whom subscriptions was told that they are held.
    told: HashSet<Uuid>,
    /// What rows of the projection did that no row of a worker has told.
    untold: Vec<(u64, Vec<Told>)>,
    bounced: HashSet<Uuid>,
    complained: HashSet<Uuid>,
    counts: Counts,
    controls: Controls,
    streaks: Streaks,
    done: bool,
    passes: u32,
}

/// A claim that is not settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenClaim {
    /// The number of its row.
    pub(crate) number: u64,
    pub(crate) worker: WorkerId,
    pub(crate) lease_until: Timestamp,
    pub(crate) ids: Vec<Uuid>,
    /// How often each was tried before.
    pub(crate) attempts: Vec<u8>,
    /// Those whose acceptance is proven already.
    pub(crate) proven: BTreeSet<Uuid>,
}

/// Somebody to be claimed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retry {
    /// Attempts that count.
    pub(crate) attempts: u8,
    pub(crate) not_before: Timestamp,
}

impl Fold {
    /// Folds row number `number`.
    ///
    /// # Errors
    /// It cannot follow this log. Nothing has changed then, and nobody may be
    /// mailed by what comes after: see [`FoldError`].
    pub(crate) fn apply(&mut self, number: u64, row: &Row) -> Result<(), FoldError> {
        self.admits(number, row)?;
        if row.body.author().is_some() {
            self.untold.drain(..self.untold().len());
        } else if row.body.is_told_later() {
            let told = self.exceptions(row);
            self.untold
                .extend((!told.is_empty()).then_some((number, told)));
        }
        let effects = self.effects(row);
        let open = self.open.as_ref().map_or(0, |open| open.ids.len());
        self.streaks.fold(row, open);
        if row.settled_claim().is_some() {
            self.open = None;
        }
        for (id, effect) in effects {
            self.enact(id, effect, row.at);
        }
        match &row.body {
            Body::Claim(claim) => {
                self.last_claim = Some((row.at, claim.ids.len()));
                self.claim(number, claim);
            }
            Body::Removed(removed) => self.pass(removed.cursor),
            Body::Control(control) => {
                if self.controls.fold(control) {
                    self.streaks.reset();
                }
            }
            Body::Done(_) => {
                self.done = true;
                self.passes += 1;
            }
            Body::Settle(_) | Body::Takeover(_) | Body::Evidence(_) | Body::Late(_) => {}
        }
        self.next += 1;
        Ok(())
    }

    fn enact(&mut self, id: Uuid, effect: Effect<'_>, at: Timestamp) {
        match effect {
            Effect::Accept => {
                self.leave(id);
                self.told.remove(&id);
                self.counts.accepted += 1;
            }
            Effect::Except(outcome, reason) => {
                self.leave(id);
                if matches!(outcome, Outcome::Held(_)) {
                    self.told.insert(id);
                }
                let counts = &mut self.counts;
                self.exceptions.insert(id, outcome, &reason, at, counts);
            }
            Effect::Retry(retry) => {
                self.leave(id);
                self.retry.insert(id, retry);
                self.done = false;
            }
            Effect::Late => {
                self.late.insert(id);
                self.done = false;
            }
            Effect::Remember => {
                if let Some(open) = &mut self.open {
                    open.proven.insert(id);
                }
            }
            Effect::Remove(why) => {
                self.removed.insert(id, why);
            }
            Effect::Bounce => self.counts.bounced += u64::from(self.bounced.insert(id)),
            Effect::Complain => self.counts.complained += u64::from(self.complained.insert(id)),
        }
    }

    /// Takes `id` from where it is, so that it is in one place only.
    fn leave(&mut self, id: Uuid) {
        self.retry.remove(&id);
        self.late.remove(&id);
        self.exceptions.remove(id, &mut self.counts);
    }

    fn claim(&mut self, number: u64, claim: &Claim) {
        self.pass(claim.cursor);
        let mut attempts = Vec::with_capacity(claim.ids.len());
        for id in &claim.ids {
            let again = self.retry.remove(id);
            self.late.remove(id);
            if again.is_none() {
                self.claimed.insert(*id, self.cursor);
            }
            attempts.push(again.map_or(0, |retry| retry.attempts));
        }
        self.open = Some(OpenClaim {
            number,
            worker: claim.author.worker,
            lease_until: claim.lease_until,
            ids: claim.ids.clone(),
            attempts,
            proven: BTreeSet::new(),
        });
    }

    fn pass(&mut self, cursor: Option<Uuid>) {
        if let Some(cursor) = cursor {
            self.cursor = Some(cursor);
            self.claimed.pass(cursor);
        }
    }
}

/// What is known.
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

    pub(super) fn is_late(&self, id: Uuid) -> bool {
        self.late.contains(&id)
    }

    pub(crate) fn held(&self) -> impl Iterator<Item = (Uuid, Hold)> {
        self.exceptions.held()
    }

    pub(super) fn hold(&self, id: Uuid) -> Option<Hold> {
        self.exceptions.hold(id)
    }

    pub(crate) fn exception(&self, id: Uuid) -> Option<&Exception> {
        self.exceptions.get(id)
    }

    pub(super) fn removal(&self, id: Uuid) -> Option<Removal> {
        self.removed.get(&id).copied()
    }

    pub(super) fn was_claimed(&self, id: Uuid) -> bool {
        self.claimed.contains(id)
    }

    /// Whether a claim of somebody beyond the cursor has named `id` already.
    pub(super) fn was_claimed_ahead(&self, id: Uuid) -> bool {
        self.claimed.is_ahead(id)
    }

    pub(super) fn was_told(&self, id: Uuid) -> bool {
        self.told.contains(&id)
    }

    pub(super) fn has_bounced(&self, id: Uuid) -> bool {
        self.bounced.contains(&id)
    }

    pub(super) fn has_complained(&self, id: Uuid) -> bool {
        self.complained.contains(&id)
    }

    /// Whether no row has decided anything about `id`, but that it is late.
    pub(super) fn is_untouched(&self, id: Uuid) -> bool {
        !self.was_claimed(id) && !self.removed.contains_key(&id) && !self.exceptions.contains(id)
    }

    /// Whether a page that has `id`, which is beyond the cursor, is to pass
    /// over it: it is removed, or claimed from elsewhere.
    pub(super) fn passes_over(&self, id: Uuid) -> bool {
        self.removed.contains_key(&id)
            || self.late.contains(&id)
            || self.was_claimed_ahead(id)
            || self.exceptions.contains(id)
    }
}
