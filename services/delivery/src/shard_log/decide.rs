//! What a worker does next.

mod settling;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    batch::{Ahead, Batch, BatchSize, is_to_come},
    fold::Fold,
    row::{Author, Body, Claim, Done, Removal, Removed, Row},
    settlement::Settlement,
    worker::{Own, Worker},
};

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
        self.append(vec![Body::Removed(Removed {
            ids,
            why,
            cursor,
            unmeant: false,
        })])
    }

    fn finish(&self) -> Step {
        self.append(vec![Body::Done(Done {
            author: self.author,
            counts: self.fold.counts(),
        })])
    }

    fn append(&self, bodies: Vec<Body>) -> Step {
        let rows = bodies.into_iter().map(|body| body.at(self.when.now));
        Step::Append(rows.collect())
    }
}
