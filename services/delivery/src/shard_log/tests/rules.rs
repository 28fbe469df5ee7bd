//! Each rule of the log by its name: without it, its test fails.

mod claims;
mod control;
mod holds;
mod late_and_removed;
mod told;

use jiff::SignedDuration;
use uuid::Uuid;

use super::super::{
    admit::FoldError,
    batch::{Ahead, BatchSize},
    call::MailResult,
    decide::{Circumstances, End, Step},
    effect::{News, Notable},
    feedback::{Feedback, Heard, heed},
    fold::{Fold, MAX_TOLD},
    outcomes::Outcome,
    projection::{self, Change, Crossing, late_needs_start},
    resolve::{Decision, Resolution},
    row::{
        Action, Body, Control, Done, Evidence, Finding, Late, MAX_IDS, Removal, Removed, Settle,
        Takeover,
    },
    settlement::{Fate, Settlement},
    start::needs_start,
    worker::{Called, Worker},
};
use super::{SIZE, answer::Answer, at, author, claim, folded, id, ids, then, worker};
use crate::domain::counts::Counts;

fn settle(of: u64, claim: u64, fates: &[Option<Fate>]) -> Body {
    Body::Settle(Settle {
        author: author(of),
        settles: settlement(claim, fates),
    })
}

fn settlement(claim: u64, fates: &[Option<Fate>]) -> Settlement {
    let known: Vec<_> = fates
        .iter()
        .map(|fate| fate.map(|fate| (fate, "why".to_owned())))
        .collect();
    Settlement::new(claim, &known)
}

fn takeover(of: u64, claim: u64) -> Body {
    Body::Takeover(Takeover {
        author: author(of),
        claim,
    })
}

fn evidence(claim: u64, number: u64, finding: Finding) -> Body {
    Body::Evidence(Evidence {
        claim,
        ids: ids([number]),
        finding,
    })
}

fn control(version: Option<u64>, action: Action) -> Body {
    Body::Control(Control {
        event_id: id(99),
        version,
        upon: None,
        action,
        reason: None,
    })
}

fn late(number: u64) -> Body {
    Body::Late(Late { ids: ids([number]) })
}

fn removed(number: u64) -> Body {
    Body::Removed(Removed {
        ids: ids([number]),
        why: Removal::Unsubscribed,
        cursor: None,
        unmeant: false,
    })
}

fn done(of: u64) -> Body {
    Body::Done(Done {
        author: author(of),
        counts: Counts::default(),
    })
}

fn held(fold: &Fold) -> Vec<Uuid> {
    let mut held: Vec<_> = fold.held().map(|(id, _)| id).collect();
    held.sort_unstable();
    held
}

fn retries(fold: &Fold) -> Vec<Uuid> {
    fold.retries().map(|(id, _)| id).collect()
}

fn outcome(fold: &Fold, number: u64) -> Option<Outcome> {
    fold.exception(id(number))
        .map(|exception| exception.outcome)
}

fn refused(fold: &Fold, body: Body) -> bool {
    let number = fold.next();
    let refused = fold.admits(number, &body.at(at(100)));
    matches!(refused, Err(FoldError::Impossible { .. }))
}

fn when(second: i64) -> Circumstances {
    Circumstances {
        now: at(second),
        row_id: id(77),
        size: SIZE,
        lease: SignedDuration::from_secs(60),
        call_limit: SignedDuration::from_secs(20),
        must_stop: false,
        owner_is_dead: false,
    }
}

/// All of them read, and looked up.
fn ahead(numbers: &[u64]) -> Ahead {
    let mut ahead = Ahead::default();
    let all = ids(numbers.iter().copied());
    ahead.extend(&all, all.last().copied(), true);
    for id in all {
        ahead.looked_up(id, None);
    }
    ahead
}

/// A worker that met these rows.
fn worker_of(number: u64, bodies: &[Body]) -> (Worker, Fold) {
    let mut of = Worker::new(worker(number));
    for (number, body) in (0..).zip(bodies) {
        of.observe(number, &body.clone().at(at(0)));
    }
    (of, folded(bodies.iter().cloned()))
}

fn appended(step: Step) -> Vec<Body> {
    match step {
        Step::Append(rows) => rows.into_iter().map(|row| row.body).collect(),
        other => panic!("{other:?} appends nothing"),
    }
}
