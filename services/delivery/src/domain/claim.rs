//! A claim: who is about to mail an issue to whom, written before the mail is
//! handed over, and what became of it.
//!
//! No mail side has an idempotency token. So the claim comes first, and one
//! that was never settled tells that nobody knows: it is held, never mailed
//! again.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{backoff, tally::Settled};

/// How long a claim is certainly not left over: longer than handing over a
/// mail may take ([`SEND_LIMIT`](crate::mail::SEND_LIMIT)), with room for
/// writing the result down.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// The row of one recipient of one issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) subscriber_id: Uuid,
    /// Grows with every change: a worker that was taken for dead cannot
    /// overwrite what was decided meanwhile.
    pub(crate) version: u64,
    /// The invocation that claimed last.
    pub(crate) worker: Uuid,
    /// Mails tried so far, this one included, but none that met a mail side
    /// that was out of order.
    pub(crate) attempts: u32,
    /// When the outcome was written.
    pub(crate) at: Timestamp,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// Where a claim stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The mail is being handed over.
    Claimed { lease_until: Timestamp },
    /// It did not leave; to be claimed again from then on. The reason is that
    /// of the last attempt, counted or not.
    Retry {
        retry_at: Timestamp,
        reason: Cow<'static, str>,
    },
    /// The mail side has it.
    Accepted,
    /// It did not leave, and nobody tries again.
    Failed { reason: Cow<'static, str> },
    /// Not tried again since they unsubscribed.
    Skipped { reason: Cow<'static, str> },
    /// Nobody knows whether it left.
    Held { reason: Cow<'static, str> },
}

impl Outcome {
    /// The outcome, if it stays.
    pub(crate) fn settled(&self) -> Option<Settled> {
        match self {
            Self::Claimed { .. } | Self::Retry { .. } => None,
            Self::Accepted => Some(Settled::Accepted),
            Self::Failed { .. } => Some(Settled::Failed),
            Self::Skipped { .. } => Some(Settled::Skipped),
            Self::Held { .. } => Some(Settled::Held),
        }
    }
}

/// What is known of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attempt {
    Accepted,
    /// The mail side was out of order: no fault of this recipient's.
    Unavailable(Cow<'static, str>),
    Unsent(Cow<'static, str>),
    Refused(Cow<'static, str>),
    Unclear(Cow<'static, str>),
}

impl Claim {
    /// The first claim.
    pub(crate) fn new(subscriber_id: Uuid, worker: Uuid, now: Timestamp) -> Self {
        Self {
            subscriber_id,
            version: 1,
            worker,
            attempts: 1,
            at: now,
            outcome: Outcome::Claimed {
                lease_until: now + LEASE,
            },
        }
    }

    /// The claim to try it again.
    pub(crate) fn again(&self, worker: Uuid, now: Timestamp) -> Self {
        Self {
            version: self.version + 1,
            attempts: self.attempts + 1,
            ..Self::new(self.subscriber_id, worker, now)
        }
    }

    /// This claim, settled by what is known of its attempt.
    pub(crate) fn settled(&self, attempt: Attempt, now: Timestamp) -> Self {
        let outcome = match attempt {
            Attempt::Accepted => Outcome::Accepted,
            Attempt::Refused(reason) => Outcome::Failed { reason },
            Attempt::Unclear(reason) => Outcome::Held { reason },
            Attempt::Unavailable(reason) => return self.released(reason, now),
            Attempt::Unsent(reason) => match backoff::wait_after(self.attempts) {
                Some(wait) => Outcome::Retry {
                    retry_at: now + wait,
                    reason,
                },
                None => Outcome::Failed { reason },
            },
        };
        self.with(outcome, now)
    }

    /// This claim, as if it had not been tried: to be claimed again at once.
    fn released(&self, reason: Cow<'static, str>, now: Timestamp) -> Self {
        let retry_at = now;
        Self {
            attempts: self.attempts.saturating_sub(1),
            ..self.with(Outcome::Retry { retry_at, reason }, now)
        }
    }

    /// This claim, left over by its worker.
    pub(crate) fn left_over(&self, now: Timestamp) -> Self {
        let reason = "the worker ended while the mail was being handed over".into();
        self.with(Outcome::Held { reason }, now)
    }

    /// This claim, of somebody who gets no issues any more.
    pub(crate) fn skipped(&self, now: Timestamp) -> Self {
        let reason = "unsubscribed".into();
        self.with(Outcome::Skipped { reason }, now)
    }

    fn with(&self, outcome: Outcome, now: Timestamp) -> Self {
        Self {
            version: self.version + 1,
            at: now,
            outcome,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim() -> Claim {
        Claim::new(
            Uuid::from_u128(1),
            Uuid::from_u128(2),
            Timestamp::UNIX_EPOCH,
        )
    }

    #[test]
    fn an_unsent_mail_is_tried_again_up_to_the_bound_and_then_failed() {
        let now = Timestamp::UNIX_EPOCH;
        let mut claim = claim();
        for attempt in 1..backoff::MAX_ATTEMPTS {
            claim = claim.settled(Attempt::Unsent("busy".into()), now);
            assert!(matches!(claim.outcome, Outcome::Retry { retry_at, .. } if retry_at > now));
            assert_eq!(claim.attempts, attempt);
            claim = claim.again(claim.worker, now);
        }
        let last = claim.settled(Attempt::Unsent("busy".into()), now);
        assert_eq!(
            last.outcome,
            Outcome::Failed {
                reason: "busy".into()
            }
        );
    }

    #[test]
    fn a_mail_side_out_of_order_uses_up_no_attempts() {
        let now = Timestamp::UNIX_EPOCH;
        let mut claim = claim();
        for _ in 0..10 * backoff::MAX_ATTEMPTS {
            claim = claim.settled(Attempt::Unavailable("down".into()), now);
            assert!(matches!(claim.outcome, Outcome::Retry { retry_at, .. } if retry_at == now));
            assert_eq!(claim.attempts, 0);
            claim = claim.again(claim.worker, now);
            assert_eq!(claim.attempts, 1);
        }
    }

    #[test]
    fn what_nobody_knows_is_held() {
        let now = Timestamp::UNIX_EPOCH;
        let unclear = claim().settled(Attempt::Unclear("lost".into()), now);
        assert!(matches!(unclear.outcome, Outcome::Held { .. }));
        assert!(matches!(
            claim().left_over(now).outcome,
            Outcome::Held { .. }
        ));
    }

    #[test]
    fn every_change_has_a_version_of_its_own() {
        let now = Timestamp::UNIX_EPOCH;
        let settled = claim().settled(Attempt::Unsent("busy".into()), now);
        assert_eq!(settled.version, 2);
        assert_eq!(settled.again(settled.worker, now).version, 3);
    }
}
