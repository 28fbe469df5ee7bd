//! A small world around one log: workers, the projection, an admin, feedback, a
//! mail side, time; and the judge of what they do. Everything happens by a seed.

mod judge;
mod mail_side;
mod messages;
mod misfortune;
mod workers;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::{
    batch::{Ahead, BatchSize},
    call::MailResult,
    decide::{Circumstances, End, Step},
    effect::News,
    feedback::{Feedback, Heard, heed},
    fold::Fold,
    outcomes::Outcome,
    projection::{self, Change, Crossing, late_needs_start},
    resolve::{Decision, Resolution},
    row::{Action, Body, Control, Removal, Removed, Row, Settle},
    settlement::{Fate, Settlement},
    start::needs_start,
    worker::{Called, Worker},
};
use super::{answer::Answer, id, worker};

const LEASE: SignedDuration = SignedDuration::from_secs(60);
const CALL_LIMIT: SignedDuration = SignedDuration::from_secs(20);
const PUBLISHED_AT: i64 = 1_000;
const PEOPLE: u64 = 7;
const PAGE: usize = 3;
const TAIL: usize = 3;

/// A mistake at an edge of the pure parts, which the judge must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bug {
    CallBeforeClaim,
    SdkRetriesUnclearCalls,
    FailedEntriesIgnored,
    UnclearTakenForUnsent,
    TakeoverAsUnsent,
    LeaseNotWaitedFor,
    WorkerIdUsedAgain,
    LostAnswerTakenForCollision,
    AppendWithoutCondition,
    CursorMovedAtFetch,
    PauseNotRead,
    OlderControlWins,
    LateForgotten,
    LateLeftToThePage,
    LateStartsNothing,
    RemovalForgotten,
    RemovalAfterTheItem,
    ResendAsIfNeverAged,
    RepeatedDecisionMadeAnew,
    ExceptionsNotTold,
}

/// A promise was broken.
pub(super) type Verdict = Result<(), String>;

/// Which faults a run may meet.
#[derive(Debug, Clone, Copy)]
struct Faults {
    crash: bool,
    unclear: bool,
    unsent: bool,
    lost_answer: bool,
    zombie: bool,
    delayed_append: bool,
}

struct Running {
    worker: Worker,
    fold: Fold,
    ahead: Ahead,
    calling: Option<(u64, Vec<Uuid>)>,
    waits_until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
enum Message {
    /// Version and moment of a confirmation.
    Confirmed(Uuid, u64, i64),
    Removed(Uuid, u64),
    Control(Action, u64),
    Resolve(Resolution, u64),
    /// The second half of a removal that is not one transaction.
    RowOnly(Uuid),
}

pub(super) struct World {
    random: u64,
    bug: Option<Bug>,
    faults: Faults,
    now: Timestamp,
    log: Vec<Row>,
    truth: Fold,
    items: BTreeMap<Uuid, (u64, Option<i64>)>,
    listed: bool,
    starts: u32,
    again: u32,
    workers: Vec<Option<Running>>,
    invocations: u64,
    messages: Vec<(Message, u32)>,
    mails: Vec<(Uuid, u64)>,
    /// Appends that timed out and may still arrive.
    delayed: Vec<(u64, Row)>,
    control_seen: (u64, Option<Action>),
    self_paused: bool,
    decisions: u64,
    /// The decisions that were heard of, and those that were carried out to the
    /// end.
    heard: BTreeSet<u64>,
    carried_out: BTreeSet<u64>,
    /// Whom a decision may send it again, once each.
    resent: BTreeSet<(Uuid, u64)>,
    told: BTreeMap<Uuid, Option<Outcome>>,
    excuses: usize,
    /// Whose confirmation came after the issue had left the head.
    too_late: BTreeSet<Uuid>,
    calm: bool,
}

impl World {
    pub(super) fn new(seed: u64, bug: Option<Bug>) -> Self {
        let mut world = Self {
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            bug,
            faults: Faults {
                crash: false,
                unclear: false,
                unsent: false,
                lost_answer: false,
                zombie: false,
                delayed_append: false,
            },
            now: super::at(PUBLISHED_AT),
            log: Vec::new(),
            truth: Fold::default(),
            items: BTreeMap::new(),
            listed: true,
            starts: 1,
            again: 0,
            workers: vec![None, None],
            invocations: 0,
            messages: Vec::new(),
            mails: Vec::new(),
            delayed: Vec::new(),
            control_seen: (0, None),
            self_paused: false,
            decisions: 0,
            heard: BTreeSet::new(),
            carried_out: BTreeSet::new(),
            resent: BTreeSet::new(),
            told: BTreeMap::new(),
            excuses: 0,
            too_late: BTreeSet::new(),
            calm: false,
        };
        world.faults = Faults {
            crash: world.chance(2),
            unclear: world.chance(2),
            unsent: world.chance(2),
            lost_answer: world.chance(2),
            zombie: world.chance(3),
            delayed_append: world.chance(3),
        };
        world.populate();
        world
    }

    fn populate(&mut self) {
        for number in 1..=PEOPLE {
            let id = id(number);
            let before = if self.chance(8) { 1 } else { 0 };
            match self.below(4) {
                // Confirmed too late to be a recipient.
                0 => drop(self.items.insert(id, (1, Some(PUBLISHED_AT + 1)))),
                // Confirmed in time, and the event arrives late.
                1 => self.send(Message::Confirmed(id, 1 + before, PUBLISHED_AT - 1)),
                _ => drop(self.items.insert(id, (1, Some(PUBLISHED_AT - 1)))),
            }
            if self.chance(4) {
                self.send(Message::Removed(id, 2 + before));
                if self.chance(2) {
                    let when = PUBLISHED_AT - 1 + i64::from(self.chance(2)) * 2;
                    self.send(Message::Confirmed(id, 3 + before, when));
                }
            }
        }
        if self.chance(2) {
            self.send(Message::Control(Action::Pause, 1));
            self.send(Message::Control(Action::Resume, 2));
        }
        if self.chance(8) {
            self.send(Message::Control(Action::Cancel, 3));
        }
    }

    /// Lets everything happen in some order, then without faults to the end.
    pub(super) fn run(mut self) -> Verdict {
        for _ in 0..160 {
            self.tick()?;
        }
        self.calm = true;
        for _ in 0..4_000 {
            self.tick()?;
            if self.is_over() {
                return self.judge_the_end();
            }
            self.resume_if_nothing_else_does();
        }
        Err("it never comes to its end".to_owned())
    }

    fn is_over(&self) -> bool {
        self.starts + self.again == 0
            && self.workers.iter().all(Option::is_none)
            && self.messages.is_empty()
            && self.delayed.is_empty()
            && !self.truth.controls().is_paused()
    }

    fn resume_if_nothing_else_does(&mut self) {
        let idle = self.messages.is_empty() && self.workers.iter().all(Option::is_none);
        if idle && self.truth.controls().is_paused() {
            let version = self.control_seen.0 + 1;
            self.send(Message::Control(Action::Resume, version));
        }
    }

    fn tick(&mut self) -> Verdict {
        let pause = self.below(40).cast_signed();
        self.now += SignedDuration::from_millis(pause);
        match self.below(16) {
            0..=8 => self.work(),
            9..=10 => self.deliver(),
            11 => self.invoke(),
            12 => self.pass_time(),
            13 => self.hear_feedback(),
            14 if !self.calm => self.resolve_held(),
            14 => Ok(()),
            _ => self.misfortune(),
        }
    }

    // --- randomness -------------------------------------------------------

    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % bound
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    fn fault(&mut self, may: bool, one_in: u64) -> bool {
        may && !self.calm && self.chance(one_in)
    }

    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    // --- the log ----------------------------------------------------------

    /// Appends rows, whoever does so, and judges them.
    fn append(&mut self, rows: Vec<Row>) -> Verdict {
        for row in rows {
            self.judge_row(&row)?;
            let told = self.truth.exceptions(&row);
            let number = self.log.len() as u64;
            self.truth
                .apply(number, &row)
                .map_err(|error| error.to_string())?;
            for told in told {
                let outcome = match told.news {
                    News::Exception(exception) => Some(exception.outcome),
                    News::Accepted(_) => None,
                };
                let forgotten = matches!(outcome, Some(Outcome::Skipped));
                if !(self.has(Bug::ExceptionsNotTold) && forgotten) {
                    self.told.insert(told.id, outcome);
                }
            }
            self.log.push(row);
        }
        Ok(())
    }

    /// Appends a row that no worker appends, and queues the start it needs.
    fn append_from_outside(&mut self, body: Body) -> Verdict {
        let was_done = self.truth.is_done();
        let row = body.at(self.now);
        self.append(vec![row.clone()])?;
        if needs_start(was_done, &self.truth, &row.body) {
            self.starts += 1;
        }
        Ok(())
    }

    fn is_recipient(&self, id: Uuid) -> bool {
        let confirmed = self.items.get(&id).and_then(|item| item.1);
        confirmed.is_some_and(|at| at <= PUBLISHED_AT)
    }

    fn judge_row(&self, row: &Row) -> Verdict {
        let Body::Claim(claim) = &row.body else {
            return Ok(());
        };
        if let Some(gone) = claim.ids.iter().find(|id| !self.is_recipient(**id)) {
            return Err(format!("a claim of {gone}, who is no recipient any more"));
        }
        match self.control_seen.1 {
            Some(Action::Pause) => Err("a claim after a pause".to_owned()),
            Some(Action::Cancel) => Err("a claim after a cancel".to_owned()),
            _ if self.self_paused => Err("a claim after it paused itself".to_owned()),
            _ => Ok(()),
        }
    }
}
