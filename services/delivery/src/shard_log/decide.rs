//! What a worker does next.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    batch::{Ahead, Batch, BatchSize, is_to_come},
    fold::Fold,
    row::{
        Action, Author, Body, Claim, Control, Done, Evidence, Finding, Removal, Removed, Row,
        Settle, Takeover,
    },
    settlement::{Fate, Settlement},
    streak::{MAX_UNAVAILABLE, MAX_UNCLEAR, Streaks, UNCLEAR_IN_A_ROW},
    worker::{Own, Worker},
};

/// Why an issue paused itself, for the admin.
const UNAVAILABLE_IN_A_ROW: &str = "the mail side has been out of order for long";

/// What a decision depends upon beside the log and the worker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    pub(crate) now: Timestamp,
    /// Fresh and random: names the row that is appended, if one is.
    pub(crate) row_id: Uuid,
    pub(crate) size: BatchSize,
    /// How long a claim is nobody else's.
    pub(crate) lease: SignedDuration,
    /// The longest that a mail call takes; less than the lease.
    pub(crate) call_limit: SignedDuration,
    /// The time budget is used up, or the host is to stop.
    pub(crate) must_stop: bool,
    /// The worker of the open claim is known to be dead: its lease need not be
    /// waited for.
    pub(crate) owner_is_dead: bool,
}

/// What a worker does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Hand the mails over, once, then [`Worker::called`]. The claim is this
    /// worker's own, open, and its lease is long enough.
    Call {
        claim: u64,
        ids: Vec<Uuid>,
    },
    /// Append these rows, in one transaction where there are several.
    Append(Vec<Row>),
    /// Read the page of recipients after this id, then [`Ahead::extend`].
    ReadPage {
        after: Option<Uuid>,
    },
    /// Read these recipients one by one, then [`Ahead::looked_up`].
    LookUp(Vec<Uuid>),
    /// Nothing before then; then read the log's new rows and decide again.
    WaitUntil(Timestamp),
    End(End),
}

/// How an invocation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Everybody in the shard has an outcome.
    Done,
    /// Nothing more until somebody resumes it.
    Paused,
    /// There is more to do: to be invoked again.
    Again,
}

impl Fold {
    /// What `worker` does next.
    pub(crate) fn decide(&self, worker: &Worker, ahead: &Ahead, when: &Circumstances) -> Step {
        let deciding = Deciding {
            fold: self,
            author: Author {
                worker: worker.id(),
                row_id: when.row_id,
            },
            ahead,
            when,
        };
        match worker.own() {
            Some(own) if own.fenced => deciding.bear_witness(own),
            Some(own) if own.called.is_none() && deciding.may_call(own) => Step::Call {
                claim: own.claim,
                ids: own.ids.clone(),
            },
            Some(own) => deciding.settle(own),
            None => deciding.begin(),
        }
    }
}

struct Deciding<'a> {
    fold: &'a Fold,
    author: Author,
    ahead: &'a Ahead,
    when: &'a Circumstances,
}

impl Deciding<'_> {
    /// *No mail call starts later than `lease_until` minus its time-out.*
    fn may_call(&self, own: &Own) -> bool {
        self.when.now + self.when.call_limit <= own.lease_until
    }

    /// Whether the lease of somebody else has passed. One that ends further away
    /// than leases are long was written by a clock that went wrong: to wait for
    /// it could mean to wait for years, and to hold its ids mails nobody twice.
    fn is_over(&self, lease_until: Timestamp) -> bool {
        let now = self.when.now;
        lease_until < now || lease_until > now + self.when.lease * 2
    }

    /// Nothing of this worker's is open.
    fn begin(&self) -> Step {
        let fold = self.fold;
        if let Some(open) = fold.open() {
            // *A worker that meets another's open claim waits for its lease.*
            if self.when.owner_is_dead || self.is_over(open.lease_until) {
                return self.take_over(open.number);
            }
            return Step::WaitUntil(open.lease_until);
        }
        if fold.is_done() {
            return Step::End(End::Done);
        }
        if fold.controls().is_paused() {
            return Step::End(End::Paused);
        }
        if self.when.must_stop {
            return Step::End(End::Again);
        }
        if fold.is_cancelled() {
            return self.skip_the_rest();
        }
        if let Some(until) = self.must_wait() {
            return Step::WaitUntil(until);
        }
        match self.batch() {
            Batch::Ready { ids, cursor } => self.claim(ids, cursor, None),
            Batch::NotBefore(until) => Step::WaitUntil(until),
            Batch::Nobody => self.finish(),
            other => self.prepare(other),
        }
    }

    /// Its own claim's results are known. *Whether to stop is read from the
    /// fold, not from having met a pause.*
    fn settle(&self, own: &Own) -> Step {
        let settlement = Settlement::new(own.claim, &own.known());
        let pause = self.pause_after(own, &settlement);
        let stops = !self.may_claim()
            || self.when.must_stop
            || pause.is_some()
            || settlement.has(Fate::Unavailable)
            || settlement.has(Fate::Released);
        if !stops {
            match self.batch() {
                Batch::Ready { ids, cursor } => return self.claim(ids, cursor, Some(settlement)),
                Batch::NotBefore(_) | Batch::Nobody => {}
                other => return self.prepare(other),
            }
        }
        let mut rows = vec![Body::Settle(Settle {
            author: self.author,
            settles: settlement,
        })];
        rows.extend(pause.map(Body::Control));
        self.append(rows)
    }

    /// The pause that comes with the settling of `own`. It is upon what the issue
    /// was asked for before the call: who resumed during the call is not overruled
    /// by it, and if the fault lasts, the next call tells.
    fn pause_after(&self, own: &Own, settlement: &Settlement) -> Option<Control> {
        let (fold, called) = (self.fold, own.called.as_ref());
        let after = fold
            .streaks()
            .after(settlement, own.ids.len(), self.when.now);
        let fault = called.and_then(|called| called.pause.clone());
        let reason = fault.or_else(|| reason_to_pause(fold.streaks(), &after).map(str::to_owned));
        let upon = called.map_or(fold.controls().version(), |called| called.upon);
        let pause = self.pause(reason?, upon);
        (self.may_claim() && fold.controls().heeds(&pause)).then_some(pause)
    }

    fn take_over(&self, claim: u64) -> Step {
        let author = self.author;
        let mut rows = vec![Body::Takeover(Takeover { author, claim })];
        let streaks = self.fold.streaks();
        let reason = reason_to_pause(streaks, &streaks.after_takeover());
        if let Some(reason) = reason.filter(|_| self.may_claim()) {
            let upon = self.fold.controls().version();
            rows.push(Body::Control(self.pause(reason.to_owned(), upon)));
        }
        self.append(rows)
    }

    /// Somebody took its claim over: it tells what it knows, and is invoked
    /// again.
    fn bear_witness(&self, own: &Own) -> Step {
        let known = own.known();
        let told = own.ids.iter().zip(&known);
        let mut rows: Vec<Evidence> = Vec::new();
        for (id, known) in told {
            let finding = match known {
                None => Finding::Accepted,
                Some((Fate::Unclear, _)) => continue,
                Some((Fate::Failed | Fate::Suppressed, reason)) => Finding::Failed {
                    reason: reason.clone(),
                },
                Some((Fate::Unsent | Fate::Unavailable | Fate::Released, _)) => Finding::Unsent,
            };
            match rows.iter_mut().find(|row| row.finding == finding) {
                Some(row) => row.ids.push(*id),
                None => rows.push(Evidence {
                    claim: own.claim,
                    ids: vec![*id],
                    finding,
                }),
            }
        }
        let rows = rows.into_iter().map(Body::Evidence);
        let mut telling = rows
            .map(|body| body.at(self.when.now))
            .filter(|row| !self.fold.effects(row).is_empty());
        match telling.next() {
            Some(row) => Step::Append(vec![row]),
            None => Step::End(End::Again),
        }
    }

    fn must_wait(&self) -> Option<Timestamp> {
        let until = self.fold.streaks().wait_until()?;
        is_to_come(until, self.when.now).then_some(until)
    }

    fn may_claim(&self) -> bool {
        !self.fold.controls().is_paused() && !self.fold.is_cancelled()
    }

    fn batch(&self) -> Batch {
        self.fold
            .next_batch(self.ahead, self.when.size, self.when.now)
    }

    fn skip_the_rest(&self) -> Step {
        match self.fold.next_to_skip(self.ahead) {
            Batch::Ready { ids, cursor } => self.remove(ids, Removal::Cancelled, cursor),
            Batch::NotBefore(_) | Batch::Nobody => self.finish(),
            other => self.prepare(other),
        }
    }

    /// What comes before a claim can be made.
    fn prepare(&self, batch: Batch) -> Step {
        match batch {
            Batch::LookUp(ids) => Step::LookUp(ids),
            Batch::Gone { ids, why } => self.remove(ids, why, None),
            Batch::ReadPage { after } => Step::ReadPage { after },
            Batch::NotBefore(until) => Step::WaitUntil(until),
            Batch::Ready { .. } | Batch::Nobody => Step::End(End::Again),
        }
    }

    fn claim(&self, ids: Vec<Uuid>, cursor: Option<Uuid>, settles: Option<Settlement>) -> Step {
        let lease_until = self.when.now + self.when.lease;
        self.append(vec![Body::Claim(Claim {
            author: self.author,
            ids,
            lease_until: Timestamp::from_millisecond(lease_until.as_millisecond())
                .unwrap_or(lease_until),
            cursor,
            settles,
        })])
    }

    fn remove(&self, ids: Vec<Uuid>, why: Removal, cursor: Option<Uuid>) -> Step {
        self.append(vec![Body::Removed(Removed { ids, why, cursor })])
    }

    fn finish(&self) -> Step {
        self.append(vec![Body::Done(Done {
            author: self.author,
            counts: self.fold.counts(),
        })])
    }

    fn pause(&self, reason: String, upon: u64) -> Control {
        Control {
            event_id: self.author.row_id,
            version: None,
            upon: Some(upon),
            action: Action::Pause,
            reason: Some(reason),
        }
    }

    fn append(&self, bodies: Vec<Body>) -> Step {
        let rows = bodies.into_iter().map(|body| body.at(self.when.now));
        Step::Append(rows.collect())
    }
}

/// Why the issue is to pause when its streaks have become these.
fn reason_to_pause(before: &Streaks, after: &Streaks) -> Option<&'static str> {
    if after.unclear() >= MAX_UNCLEAR && after.unclear() > before.unclear() {
        Some(UNCLEAR_IN_A_ROW)
    } else if after.unavailable() >= MAX_UNAVAILABLE && after.unavailable() > before.unavailable() {
        Some(UNAVAILABLE_IN_A_ROW)
    } else {
        None
    }
}
