//! What a row does to one recipient, derived from the row and the log before
//! it: the fold enacts it, and exceptions for subscriptions are read from it.

use std::{borrow::Cow, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    fold::{Fold, OpenClaim, Retry},
    outcomes::{Exception, Hold, Outcome},
    row::{Body, Evidence, Finding, Removal, Removed, Row},
    settlement::{Fate, Settlement},
};
use crate::domain::backoff;

/// Why those are held whose claim was taken over.
pub(crate) const LOST_WORKER: &str = "the worker ended while the mail was being handed over";
/// Why those fail whom an admin gives up.
pub(crate) const DROPPED: &str = "an admin decided not to send it again";

/// One recipient's step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect<'a> {
    Accept,
    Except(Outcome, Cow<'a, str>),
    Retry(Retry),
    Late,
    /// Gets no mail any more, whatever their outcome.
    Remove(Removal),
    /// Was claimed, and is no recipient for subscriptions: their acceptance is to
    /// be told, now or when it is known.
    Unmeant,
    /// Proof of acceptance, for a claim that is still open.
    Remember,
    Bounce,
    Complain,
}

/// What subscriptions is to be told of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: Uuid,
    pub(crate) news: News,
    pub(crate) at: Timestamp,
}

/// What there is to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// Something other than an accepted mail happened.
    Exception(Exception),
    /// They were accepted.
    Accepted(Notable),
}

/// Why it is to be told of somebody that they were accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notable {
    /// They were told to be held.
    AfterAll,
    /// They had left before the publication, which was heard of first.
    Unmeant,
}

impl Fold {
    /// What subscriptions is to be told of `row`, which is about to be
    /// appended here: to be put into the outbox in the same transaction.
    pub(crate) fn exceptions(&self, row: &Row) -> Vec<Told> {
        let at = row.at;
        let effects = self.effects(row).into_iter();
        effects
            .filter_map(|(id, effect)| match effect {
                Effect::Except(outcome, reason) => Some(Told {
                    id,
                    news: News::Exception(Exception {
                        outcome,
                        reason: Arc::from(&*reason),
                        at,
                    }),
                    at,
                }),
                Effect::Unmeant if self.is_open(id) => None,
                Effect::Unmeant => Some(accepted(id, Notable::Unmeant, at)),
                Effect::Accept => Some(accepted(id, self.notable(id)?, at)),
                _ => None,
            })
            .collect()
    }

    /// Whether `row` says anything new of anybody, appended here.
    pub(crate) fn is_news(&self, row: &Row) -> bool {
        !self.effects(row).is_empty()
    }

    /// What `row` does to each recipient.
    pub(super) fn effects<'a>(&self, row: &'a Row) -> Vec<(Uuid, Effect<'a>)> {
        match &row.body {
            Body::Claim(claim) => claim
                .settles
                .as_ref()
                .map(|settlement| self.settled(settlement, row.at))
                .unwrap_or_default(),
            Body::Settle(settle) => self.settled(&settle.settles, row.at),
            Body::Takeover(takeover) => self.taken_over(takeover.claim),
            Body::Evidence(evidence) => self.evident(evidence, row.at),
            Body::Late(late) => self.arrived(&late.ids),
            Body::Removed(removed) => self.removed(removed),
            Body::CarriedOut(_) | Body::Control(_) | Body::Done(_) => Vec::new(),
        }
    }

    fn settled<'a>(&self, settlement: &'a Settlement, at: Timestamp) -> Vec<(Uuid, Effect<'a>)> {
        let open = self.open().filter(|open| open.number == settlement.claim);
        let Some((open, known)) = open.and_then(|open| Some((open, settlement.of(&open.ids)?)))
        else {
            return Vec::new();
        };
        let each = open.ids.iter().zip(&open.attempts).zip(known);
        each.map(|((id, attempts), known)| {
            // Proof of acceptance beats what the worker believes.
            let known = known.filter(|_| !open.proven.contains(id));
            let effect = match known {
                None => Effect::Accept,
                Some((Fate::Failed, reason)) => {
                    Effect::Except(Outcome::Failed, Cow::Borrowed(reason))
                }
                Some((Fate::Suppressed, reason)) => {
                    Effect::Except(Outcome::Suppressed, Cow::Borrowed(reason))
                }
                Some((Fate::Unsent, _)) => {
                    let attempts = attempts.saturating_add(1);
                    let wait = backoff::wait_after(attempts.into()).unwrap_or_default();
                    self.unsent(*id, attempts, at + jittered(wait, *id))
                }
                Some((Fate::Unavailable | Fate::Released, _)) => self.unsent(*id, *attempts, at),
                Some((Fate::Unclear, reason)) => hold(open, reason),
            };
            (*id, effect)
        })
        .collect()
    }

    fn taken_over<'a>(&self, claim: u64) -> Vec<(Uuid, Effect<'a>)> {
        let open = self.open().filter(|open| open.number == claim);
        let each = open.into_iter().flat_map(|open| {
            open.ids.iter().map(move |id| {
                let proven = open.proven.contains(id);
                let effect = if proven {
                    Effect::Accept
                } else {
                    hold(open, LOST_WORKER)
                };
                (*id, effect)
            })
        });
        each.collect()
    }

    /// Somebody to whom no mail left: to be claimed again, unless they are not
    /// to get the issue any more.
    fn unsent<'a>(&self, id: Uuid, attempts: u8, not_before: Timestamp) -> Effect<'a> {
        if let Some(why) = self.removal(id) {
            skip(why)
        } else if self.is_cancelled() {
            skip(Removal::Cancelled)
        } else {
            Effect::Retry(Retry {
                attempts,
                not_before,
            })
        }
    }

    fn evident<'a>(&self, evidence: &'a Evidence, at: Timestamp) -> Vec<(Uuid, Effect<'a>)> {
        let mut effects = Vec::new();
        for id in &evidence.ids {
            let hold = self.hold(*id);
            let of_this_claim = hold.is_some_and(|hold| hold.claim == evidence.claim);
            match &evidence.finding {
                Finding::Accepted | Finding::Bounced | Finding::Complained => {
                    self.proven(*id, evidence, &mut effects);
                }
                _ if !of_this_claim => {}
                Finding::Failed { reason } => {
                    let failed = Effect::Except(Outcome::Failed, Cow::Borrowed(reason));
                    effects.push((*id, failed));
                }
                Finding::Unsent | Finding::Resend { .. } => {
                    effects.push((*id, self.unsent(*id, 0, at)));
                }
                Finding::Drop { .. } => {
                    let dropped = Effect::Except(Outcome::Failed, Cow::Borrowed(DROPPED));
                    effects.push((*id, dropped));
                }
            }
        }
        effects
    }

    /// The mail side had `id`'s mail: that settles a hold, takes it out of
    /// retry, and is remembered for a claim that is still open.
    fn proven<'a>(&self, id: Uuid, evidence: &Evidence, effects: &mut Vec<(Uuid, Effect<'a>)>) {
        let open = self.open().filter(|open| open.number == evidence.claim);
        let is_to_come = open.is_some_and(|it| it.ids.contains(&id) && !it.proven.contains(&id));
        if self.hold(id).is_some() || self.retry(id).is_some() {
            effects.push((id, Effect::Accept));
        } else if is_to_come {
            effects.push((id, Effect::Remember));
        }
        let counts_as_accepted = self.hold(id).is_some() || self.exception(id).is_none();
        if !self.was_claimed(id) || !counts_as_accepted {
            return;
        }
        match evidence.finding {
            Finding::Bounced if !self.has_bounced(id) => effects.push((id, Effect::Bounce)),
            Finding::Complained if !self.has_complained(id) => {
                effects.push((id, Effect::Complain));
            }
            _ => {}
        }
    }

    fn arrived<'a>(&self, ids: &[Uuid]) -> Vec<(Uuid, Effect<'a>)> {
        let new = ids
            .iter()
            .filter(|id| self.is_untouched(**id) && !self.is_late(**id));
        new.map(|id| {
            let effect = if self.is_cancelled() {
                skip(Removal::Cancelled)
            } else {
                Effect::Late
            };
            (*id, effect)
        })
        .collect()
    }

    fn removed<'a>(&self, removed: &Removed) -> Vec<(Uuid, Effect<'a>)> {
        let mut effects = Vec::new();
        for id in &removed.ids {
            // A late one is untouched, too.
            if self.is_untouched(*id) || self.retry(*id).is_some() {
                effects.push((*id, skip(removed.why)));
            }
            let is_news = self.notable(*id).is_none();
            let is_out = self.was_claimed(*id) && self.exception(*id).is_none();
            if removed.unmeant && is_news && is_out && self.retry(*id).is_none() {
                effects.push((*id, Effect::Unmeant));
            }
            if removed.why != Removal::Cancelled {
                effects.push((*id, Effect::Remove(removed.why)));
            }
        }
        effects
    }
}

fn accepted(id: Uuid, why: Notable, at: Timestamp) -> Told {
    let news = News::Accepted(why);
    Told { id, news, at }
}

fn hold<'a>(open: &OpenClaim, reason: &'a str) -> Effect<'a> {
    let claim = open.number;
    Effect::Except(Outcome::Held(Hold { claim }), Cow::Borrowed(reason))
}

fn skip<'a>(why: Removal) -> Effect<'a> {
    let outcome = match why {
        Removal::Suppressed => Outcome::Suppressed,
        Removal::Unsubscribed
        | Removal::Erased
        | Removal::Cancelled
        | Removal::TooLate
        | Removal::Unreadable => Outcome::Skipped,
    };
    Effect::Except(outcome, Cow::Borrowed(why.reason()))
}

/// `wait`, shortened by up to a quarter: by the id, so that every reader of the
/// log comes to the same moment.
fn jittered(wait: SignedDuration, id: Uuid) -> SignedDuration {
    let share = i32::from(id.as_bytes()[14]);
    wait - wait / 4 * share / 255
}
