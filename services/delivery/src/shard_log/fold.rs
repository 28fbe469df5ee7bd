//! The state of one issue in one shard: its log, folded row by row. Nothing
//! else is state.

mod known;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    admit::FoldError,
    claimed::Claimed,
    control::Controls,
    effect::{Effect, Notable, Told},
    outcomes::{Exceptions, Outcome},
    resolve::Decisions,
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
    /// Those of whose acceptance subscriptions is told: it was told that they are
    /// held, or does not take them for recipients.
    notable: HashMap<Uuid, Notable>,
    /// What rows of the projection did that no row of a worker has told.
    untold: Vec<(u64, Vec<Told>)>,
    bounced: HashSet<Uuid>,
    complained: HashSet<Uuid>,
    counts: Counts,
    controls: Controls,
    decisions: Decisions,
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
            body @ (Body::Evidence(_) | Body::CarriedOut(_)) => self.decisions.fold(number, body),
            Body::Settle(_) | Body::Takeover(_) | Body::Late(_) => {}
        }
        self.next += 1;
        Ok(())
    }

    fn enact(&mut self, id: Uuid, effect: Effect<'_>, at: Timestamp) {
        match effect {
            Effect::Accept => {
                self.leave(id);
                self.notable.remove(&id);
                self.counts.accepted += 1;
            }
            Effect::Except(outcome, reason) => {
                self.leave(id);
                if matches!(outcome, Outcome::Held(_)) {
                    self.notable.insert(id, Notable::AfterAll);
                }
                let counts = &mut self.counts;
                self.exceptions.insert(id, outcome, &reason, at, counts);
            }
            Effect::Retry(retry) => {
                self.leave(id);
                self.retry.insert(id, retry);
                self.done = false;
            }
            Effect::Unmeant => {
                self.notable.insert(id, Notable::Unmeant);
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
