//! One mail of an issue: claim, hand over, settle.

use std::{borrow::Cow, time::Duration};

use dynamo::{CommitError, Transaction};
use jiff::Timestamp;
use uuid::Uuid;

use super::hand_over::{hand_over, mail_span, problem};
use crate::{
    app::Core,
    domain::{
        claim::{Attempt, Claim, LEASE},
        recipient::{Contact, Recipient},
        shard::Shard,
    },
    mail::{self, IssueMail, SEND_LIMIT},
    store::{claims, recipients, shard_counts},
    workflow::{StepError, WorkerId},
};

/// How often a result is tried to be written down. What fails is lost: the
/// claim then is left over, and held.
const MAX_SETTLE_ATTEMPTS: u32 = 5;
/// The wait before the second of these; it doubles with each further one.
const FIRST_SETTLE_BACKOFF: Duration = Duration::from_millis(100);

const _: () = assert!(
    LEASE.as_secs() > SEND_LIMIT.as_secs().cast_signed() + 10,
    "a claim outlives its mail and the writing down of the result"
);

/// One invocation's work on one issue.
pub(super) struct Sending<'a> {
    pub(super) core: &'a Core,
    pub(super) issue: IssueMail,
    pub(super) published_at: Timestamp,
    pub(super) worker: WorkerId,
}

/// What became of an attempt.
pub(super) enum Attempted {
    /// The claim is settled, perhaps to be tried again.
    Settled(Claim),
    /// The mail side is out of order, for this reason; the claim is released.
    Unavailable(Cow<'static, str>),
    /// The recipient changed before the claim: look again.
    RecipientMoved,
    /// Another worker claimed first.
    Taken,
}

impl Sending<'_> {
    /// Mails the issue to `recipient`, if nobody else has claimed that and the
    /// recipient is as it was read.
    pub(super) async fn attempt(
        &self,
        recipient: &Recipient,
        earlier: Option<&Claim>,
    ) -> Result<Attempted, StepError> {
        let Some(contact) = recipient.addressee(self.published_at) else {
            return Ok(Attempted::RecipientMoved);
        };
        let now = self.core.clock.now();
        let claim = match earlier {
            None => Claim::new(recipient.subscriber_id, self.worker.0, now),
            Some(earlier) => earlier.again(self.worker.0, now),
        };
        match self.claim(&claim, recipient).await {
            Ok(()) => {}
            Err(error) if error.failed(claims::LABEL) => return Ok(Attempted::Taken),
            Err(error) if error.failed(recipients::LABEL) => return Ok(Attempted::RecipientMoved),
            Err(error) => return Err(error.into()),
        }
        let attempt = self.hand_over(contact, recipient.subscriber_id, now).await;
        let settled = claim.settled(attempt.clone(), self.core.clock.now());
        self.settle(&settled).await?;
        Ok(match attempt {
            Attempt::Unavailable(reason) => Attempted::Unavailable(reason),
            _ => Attempted::Settled(settled),
        })
    }

    async fn hand_over(&self, contact: &Contact, subscriber_id: Uuid, now: Timestamp) -> Attempt {
        let (core, issue_id) = (self.core, self.issue.issue_id);
        let email = mail::issue(&core.config.from, &self.issue, contact, subscriber_id, now);
        let span = mail_span("issue", Some(issue_id), subscriber_id);
        let attempt = hand_over(&*core.mail, &email, &span).await;
        if let Some((kind, reason)) = problem(&attempt) {
            span.in_scope(|| {
                tracing::warn!(%issue_id, %subscriber_id, reason, kind, "issue mail not accepted");
            });
        }
        attempt
    }

    /// Writes the claim. An answer that got lost is read back: no mail was
    /// handed over yet, so a claim that is there is good.
    async fn claim(&self, claim: &Claim, recipient: &Recipient) -> Result<(), CommitError> {
        let mut transaction = Transaction::new();
        claims::write(&mut transaction, self.issue.issue_id, claim);
        recipients::check(&mut transaction, recipient);
        let error = match self.core.table.commit(transaction).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        // Our own first try can be what is in the way of the SDK's second.
        if error.failed(claims::LABEL) || matches!(error, CommitError::Unavailable(_)) {
            let found =
                claims::find(&self.core.table, self.issue.issue_id, claim.subscriber_id).await;
            if matches!(found, Ok(Some(found)) if found == *claim) {
                return Ok(());
            }
        }
        Err(error)
    }

    /// Writes down what became of a claim, and counts it if that stays.
    pub(super) async fn settle(&self, settled: &Claim) -> Result<(), StepError> {
        let mut backoff = FIRST_SETTLE_BACKOFF;
        for attempt in 1.. {
            let mut transaction = Transaction::new();
            self.write_settled(&mut transaction, settled);
            let error = match self.core.table.commit(transaction).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            if error.is_condition_failed() {
                return self.meet_fence(settled).await;
            }
            if attempt >= MAX_SETTLE_ATTEMPTS {
                tracing::error!(
                    issue_id = %self.issue.issue_id, subscriber_id = %settled.subscriber_id, %error,
                    "the result of a mail could not be written down"
                );
                return Err(error.into());
            }
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
        Ok(())
    }

    fn write_settled(&self, transaction: &mut Transaction, settled: &Claim) {
        let issue_id = self.issue.issue_id;
        claims::write(transaction, issue_id, settled);
        if let Some(outcome) = settled.outcome.settled() {
            let shard = Shard::of(settled.subscriber_id);
            shard_counts::add(transaction, issue_id, shard, outcome);
        }
    }

    /// The claim is not as we left it: either an earlier try of ours was
    /// written after all, or we were taken for dead and the claim is held.
    async fn meet_fence(&self, settled: &Claim) -> Result<(), StepError> {
        let found =
            claims::find(&self.core.table, self.issue.issue_id, settled.subscriber_id).await?;
        if found.as_ref() != Some(settled) {
            tracing::error!(
                issue_id = %self.issue.issue_id, subscriber_id = %settled.subscriber_id,
                outcome = ?settled.outcome,
                "the claim was held before its result came"
            );
        }
        Ok(())
    }
}
