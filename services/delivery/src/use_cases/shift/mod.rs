//! A worker on a shard's log: it does what the fold decides, step by step.

mod append;
mod pacing;
mod pages;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use uuid::Uuid;

use self::{pacing::Rate, pages::NextPage};
use super::{
    issue_call::{Claimed, blame_issue, call, tell_held},
    log::{self, catch_up},
    turn::Turn,
};
use crate::{
    app::Core,
    domain::{rate::SendRate, recipient::Recipient, shard::Shard},
    mail::{IssueMail, SEND_LIMIT, SendResult},
    shard_log::{
        Action, Ahead, BatchSize, Body, Called, Circumstances, End, Fold, MAX_UNCLEAR,
        MAX_UNEXPLAINED, Row, Step, UNCLEAR_IN_A_ROW, Worker,
    },
    store::shard_log::ShardLog,
    workflow::{ShardOutcome, StepError, WorkerId},
};

/// How long a claim is nobody else's: longer than handing over a mail may take,
/// with room for writing the result down.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
const CALL_LIMIT: SignedDuration = SignedDuration::from_secs(SEND_LIMIT.as_secs().cast_signed());
const _: () = assert!(LEASE.as_secs() > CALL_LIMIT.as_secs() + 10);

/// How long to wait before looking again at what another worker is doing.
const OTHERS_TURN: SignedDuration = SignedDuration::from_secs(1);

/// How long a delivered issue waits that paused itself over late ones.
const DELIVERED_RETRY: SignedDuration = SignedDuration::from_mins(15);

/// A lease is over after its last moment.
const PAST: SignedDuration = SignedDuration::from_millis(1);

/// What is known of an issue as a whole.
pub(super) struct Known {
    pub(super) published_at: Timestamp,
    pub(super) started_at: Timestamp,
    /// Nobody can resume it any more: it was delivered.
    pub(super) is_final: bool,
    /// How fast the mail side takes it.
    pub(super) send_rate: Option<SendRate>,
}

/// One invocation at work.
pub(super) struct Shift<'a> {
    core: &'a Core,
    issue: IssueMail,
    known: Known,
    log: ShardLog<'a>,
    fold: Fold,
    worker: Worker,
    ahead: Ahead,
    /// Who was read and not mailed yet.
    readers: HashMap<Uuid, Recipient>,
    /// Read while the mail side takes its time.
    next_page: Option<NextPage>,
    turn: Option<Turn<'a>>,
    rate: Option<Rate>,
    /// When the last mail call ended.
    called: Instant,
    /// It is somebody else's turn: to settle first.
    yields: bool,
    deadline: Instant,
    /// What failed while a claim was open, which is settled first.
    fault: Option<StepError>,
    failures: u32,
    /// When its counts were noted.
    noted: Instant,
}

impl<'a> Shift<'a> {
    pub(super) fn new(
        core: &'a Core,
        issue: IssueMail,
        known: Known,
        shard: Shard,
        worker: WorkerId,
        deadline: Instant,
    ) -> Self {
        Self {
            core,
            known,
            log: log::log(core, issue.issue_id(), shard),
            fold: core.folds.take(issue.issue_id(), shard),
            issue,
            worker: Worker::new(worker),
            ahead: Ahead::default(),
            readers: HashMap::new(),
            next_page: None,
            turn: None,
            rate: None,
            called: Instant::now(),
            yields: false,
            deadline,
            fault: None,
            failures: 0,
            noted: Instant::now(),
        }
    }

    /// Works until there is nothing to do for now, or the time is up.
    pub(super) async fn work(mut self) -> Result<ShardOutcome, StepError> {
        let met = self.fold.next();
        let outcome = self.steps().await;
        if self.fold.next() > met {
            self.note_progress().await;
        }
        let log = self.log;
        self.core.folds.keep(log.issue_id, log.shard, self.fold);
        outcome
    }

    async fn steps(&mut self) -> Result<ShardOutcome, StepError> {
        self.read().await?;
        self.read_rate().await?;
        let mut has_resumed = false;
        loop {
            if self.yields && !self.has_claim() {
                (self.turn, self.yields) = (None, false);
            }
            let when = self.circumstances();
            match self.fold.decide(&self.worker, &self.ahead, &when) {
                Step::Call { claim, ids } => self.call(claim, &ids).await,
                Step::Append(rows) => {
                    if let Some(outcome) = self.append_in_turn(rows).await? {
                        return Ok(outcome);
                    }
                }
                Step::ReadPage { after } => {
                    let read = self.read_page(after).await;
                    self.settle_before(read)?;
                }
                Step::LookUp(ids) => {
                    let read = self.look_up(&ids).await;
                    self.settle_before(read)?;
                }
                Step::WaitUntil(until) => return Ok(self.later(until, when.now)),
                Step::End(End::Done) if !self.fold.untold().is_empty() => {
                    self.append(vec![self.done_again()]).await?;
                }
                Step::End(End::Done) => return Ok(ShardOutcome::Done),
                // A pause that came with the end, or of its own: nobody else can
                // resume what was delivered, so who is left is tried for again.
                Step::End(End::Paused) if self.known.is_final && has_resumed => {
                    let not_before = Some(when.now + DELIVERED_RETRY);
                    return Ok(ShardOutcome::More { not_before });
                }
                Step::End(End::Paused) if self.known.is_final => {
                    has_resumed = true;
                    self.core.unclear_calls.forget(self.log.issue_id);
                    let resume = self.control(Action::Resume, None);
                    self.append(vec![resume]).await?;
                }
                Step::End(End::Paused) => {
                    self.pause_the_others().await?;
                    return Ok(ShardOutcome::Paused);
                }
                Step::End(End::Again) => {
                    let fault = self.fault.take();
                    return fault.map_or(Ok(ShardOutcome::More { not_before: None }), Err);
                }
            }
        }
    }

    fn circumstances(&mut self) -> Circumstances {
        let core = self.core;
        let per_second = self.per_second();
        let turn = self.turn.as_mut();
        let per_call = turn.map_or(1, Turn::readers);
        // After an unclear call nobody risks more than one until an answer is
        // clear: an outage is found out with a few mails.
        let upon = self.fold.controls().version();
        let is_in_doubt = self.fold.streaks().unclear() > 0
            || core.unclear_calls.are_last(self.log.issue_id, upon);
        let per_call = if is_in_doubt { 1 } else { per_call };
        let is_dead = |owner| core.config.sole_process && !core.in_flight.contains(owner);
        Circumstances {
            now: core.clock.now(),
            row_id: core.randomness.uuid(),
            size: BatchSize {
                per_call,
                per_second,
            },
            lease: LEASE,
            call_limit: CALL_LIMIT,
            must_stop: self.must_stop(),
            owner_is_dead: self.fold.open().is_some_and(|open| is_dead(open.worker)),
        }
    }

    fn must_stop(&self) -> bool {
        self.yields
            || self.fault.is_some()
            || self.core.stop.is_raised()
            || Instant::now() >= self.deadline
    }

    /// Whether the open claim's lease is long enough for a mail call.
    fn may_call(&self) -> bool {
        let now = self.core.clock.now();
        let open = self.fold.open();
        open.is_some_and(|open| now + CALL_LIMIT <= open.lease_until)
    }

    fn has_claim(&self) -> bool {
        let open = self.fold.open();
        open.is_some_and(|open| open.worker == self.worker.id())
    }

    /// Reads the log's new rows.
    async fn read(&mut self) -> Result<(), StepError> {
        loop {
            let worker = &mut self.worker;
            let met = |number, row: &Row| worker.observe(number, row);
            match catch_up(&self.log, &mut self.fold, met).await {
                Err(error @ StepError::Transient(_)) => self.back_off(error).await?,
                read => {
                    read?;
                    self.ahead.forget(&self.fold);
                    return Ok(());
                }
            }
        }
    }

    /// A read that failed while a claim is open is no reason to leave that.
    fn settle_before(&mut self, read: Result<(), StepError>) -> Result<(), StepError> {
        match read {
            Err(error) if self.has_claim() => {
                self.fault = Some(error);
                Ok(())
            }
            read => read,
        }
    }

    async fn call(&mut self, claim: u64, ids: &[Uuid]) {
        let shard = self.log.shard.number();
        let claimed = Claimed { shard, claim, ids };
        self.read_on();
        let departure = async {
            self.depart(ids.len()).await;
            self.may_call()
        };
        let called = call(self.core, &self.issue, &claimed, &self.readers, departure).await;
        let Some(mut results) = called else {
            // Settled next as released, for the same want of time.
            return;
        };
        self.called = Instant::now();
        let throttled = |result: &SendResult| matches!(result, SendResult::Throttled { .. });
        if results.iter().any(throttled) {
            self.core.pace.throttled();
        }
        let issue_id = self.log.issue_id;
        tell_held(issue_id, &claimed, &results);
        let upon = self.fold.controls().version();
        let counted = &self.core.unclear_calls;
        let in_a_row = counted.count(issue_id, upon, &results, ids.len());
        if in_a_row.unexplained >= MAX_UNEXPLAINED {
            blame_issue(&mut results);
        }
        let results = results.into_iter().map(Into::into).collect();
        let mut called = Called::new(&self.fold, results);
        if in_a_row.unclear >= MAX_UNCLEAR {
            called = called.pausing(UNCLEAR_IN_A_ROW);
        }
        self.worker.called(claim, called);
        for id in ids {
            self.readers.remove(id);
        }
        self.yields = self.turn.as_ref().is_some_and(Turn::is_over);
    }

    /// Appends `rows`; a first claim when it is this shard's turn, which is
    /// waited for with nobody claimed, and any claim when the rate has place for
    /// it. Answers if that is too far away.
    async fn append_in_turn(&mut self, rows: Vec<Row>) -> Result<Option<ShardOutcome>, StepError> {
        let claimed = rows.iter().find_map(|row| match &row.body {
            Body::Claim(claim) => Some(claim.ids.len()),
            _ => None,
        });
        match (claimed, &mut self.turn) {
            (None, _) => {}
            (Some(mails), Some(turn)) => {
                turn.only(mails);
                if self.has_claim() && self.core.allowance.is_due() {
                    // Asked for with nobody claimed: it can take some time.
                    self.yields = true;
                    return Ok(None);
                }
                let read = self.read_rate().await;
                self.settle_before(read)?;
                if self.must_stop() {
                    return Ok(None);
                }
                if let Err(wait) = self.take_place(mails) {
                    return self.wait_for_place(wait).await;
                }
                if !self.core.allowance.take(mails) {
                    self.pause_for_today().await?;
                    return Ok(None);
                }
            }
            (Some(_), None) => {
                self.turn = Some(Turn::wait(&self.core.mail_turns).await?);
                return Ok(None);
            }
        }
        self.append(rows).await?;
        if self.noted.elapsed() >= self.core.config.progress_interval {
            self.note_progress().await;
        }
        Ok(None)
    }

    /// Another worker is looked after sooner than its lease ends.
    fn later(&self, until: Timestamp, now: Timestamp) -> ShardOutcome {
        let not_before = match self.fold.open() {
            Some(_) => (until + PAST).min(now + OTHERS_TURN),
            None => until,
        };
        ShardOutcome::More {
            not_before: Some(not_before),
        }
    }

    async fn note_progress(&mut self) {
        log::note_progress(self.core, &self.log, &self.fold).await;
        self.noted = Instant::now();
    }
}
