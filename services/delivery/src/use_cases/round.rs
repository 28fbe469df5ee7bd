//! One round over a shard: claims that were left over, everybody on whom there
//! is no claim, and then mails to be tried again, however many they are.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt, stream};
use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use super::attempt::{Attempted, Sending};
use crate::{
    domain::{
        claim::{Claim, Outcome},
        recipient::Recipient,
        shard::Shard,
    },
    mail::CONCURRENT_MAILS,
    store::{claims, recipients},
    workflow::{StepError, WorkerId},
};

/// How many mails of one shard are handed over at a time.
const CONCURRENT_IN_SHARD: usize = 4;
const _: () = assert!(CONCURRENT_IN_SHARD <= CONCURRENT_MAILS);

/// How long to wait before looking again at what another worker is doing.
const OTHERS_TURN: Duration = Duration::from_secs(1);
/// How long to wait for a mail side that took some mails and then no more. One
/// that took none is for the host to wait for, longer and longer.
const OUTAGE: Duration = Duration::from_millis(500);

/// One round.
pub(super) struct Round<'a> {
    sending: &'a Sending<'a>,
    shard: Shard,
    deadline: Instant,
    end: Mutex<End>,
}

/// When another round is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// Everybody in the shard has an outcome.
    Never,
    /// The time was up.
    AtOnce,
    /// There will be something to do then.
    At(Timestamp),
}

/// What keeps the round from having been the last.
#[derive(Default)]
struct End {
    /// When the next one has something to do.
    again_at: Option<Timestamp>,
    /// Not everybody was looked at.
    cut_short: bool,
    /// The mail side is out of order, for this reason.
    outage: Option<Cow<'static, str>>,
    /// Some mails got an outcome, or their recipients' turn to wait.
    progress: bool,
    /// The first fault.
    error: Option<StepError>,
}

impl<'a> Round<'a> {
    pub(super) fn new(sending: &'a Sending<'a>, shard: Shard, deadline: Instant) -> Self {
        Self {
            sending,
            shard,
            deadline,
            end: Mutex::default(),
        }
    }

    /// Walks it. Answers when another one is due.
    ///
    /// After a fault no mail is begun, yet those in flight are settled: to drop
    /// them would hold them.
    pub(super) async fn walk(self) -> Result<Again, StepError> {
        let core = self.sending.core;
        let issue_id = self.sending.issue.issue_id;
        let claims: HashMap<Uuid, Claim> = claims::of_shard(&core.table, issue_id, self.shard)
            .await?
            .into_iter()
            .map(|claim| (claim.subscriber_id, claim))
            .collect();
        self.meet_open_claims(&claims).await?;
        self.mail_unclaimed(&claims).await?;
        self.retry_due(&claims).await;
        let end = self
            .end
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = end.error {
            return Err(error);
        }
        Ok(match end {
            End {
                outage: Some(reason),
                progress: false,
                ..
            } => {
                let problem = format!("the mail side is unavailable: {reason}");
                return Err(StepError::Transient(problem));
            }
            End {
                outage: Some(_), ..
            } => Again::At(core.clock.now() + OUTAGE),
            End {
                cut_short: true, ..
            } => Again::AtOnce,
            End { again_at, .. } => again_at.map_or(Again::Never, Again::At),
        })
    }

    /// Holds what a worker left over, and waits for those who are at work.
    async fn meet_open_claims(&self, claims: &HashMap<Uuid, Claim>) -> Result<(), StepError> {
        let core = self.sending.core;
        for claim in claims.values() {
            let Outcome::Claimed { lease_until } = claim.outcome else {
                continue;
            };
            let now = core.clock.now();
            let at_work = core.in_flight.contains(WorkerId(claim.worker));
            if at_work || !(core.config.sole_process || lease_until <= now) {
                self.again_at(now + OTHERS_TURN);
                continue;
            }
            tracing::error!(
                issue_id = %self.sending.issue.issue_id, subscriber_id = %claim.subscriber_id,
                "held: its worker ended while the mail was being handed over"
            );
            self.sending.settle(&claim.left_over(now)).await?;
        }
        Ok(())
    }

    /// Tries again what is due.
    async fn retry_due(&self, claims: &HashMap<Uuid, Claim>) {
        let now = self.sending.core.clock.now();
        let due = claims.values().filter(|claim| match claim.outcome {
            Outcome::Retry { retry_at, .. } if retry_at > now => {
                self.again_at(retry_at);
                false
            }
            Outcome::Retry { .. } => true,
            _ => false,
        });
        stream::iter(due)
            .for_each_concurrent(CONCURRENT_IN_SHARD, |claim| async move {
                let tried = self.retry(claim).await;
                self.note(tried);
            })
            .await;
    }

    async fn retry(&self, claim: &Claim) -> Result<(), StepError> {
        if self.is_over() {
            self.cut_short();
            return Ok(());
        }
        let core = self.sending.core;
        let recipient = recipients::find(&core.table, claim.subscriber_id).await?;
        match recipient {
            Some(recipient) if recipient.addressee(self.sending.published_at).is_some() => {
                self.mail(&recipient, Some(claim)).await
            }
            _ => self.sending.settle(&claim.skipped(core.clock.now())).await,
        }
    }

    /// Mails everybody on whom there is no claim.
    async fn mail_unclaimed(&self, claims: &HashMap<Uuid, Claim>) -> Result<(), StepError> {
        let mut pages = recipients::pages(&self.sending.core.table, self.shard);
        while let Some(page) = pages.next().await? {
            let unclaimed = page.iter().filter(|recipient| {
                recipient.addressee(self.sending.published_at).is_some()
                    && !claims.contains_key(&recipient.subscriber_id)
            });
            stream::iter(unclaimed)
                .for_each_concurrent(CONCURRENT_IN_SHARD, |recipient| async move {
                    let tried = self.mail(recipient, None).await;
                    self.note(tried);
                })
                .await;
            if self.is_over() {
                self.cut_short();
                break;
            }
        }
        Ok(())
    }

    /// Mails one recipient when it is their turn, unless the round is over by
    /// then.
    async fn mail(&self, recipient: &Recipient, earlier: Option<&Claim>) -> Result<(), StepError> {
        let core = self.sending.core;
        let turn = core.mail_turns.acquire().await;
        let _turn = turn.map_err(|error| StepError::Transient(error.to_string()))?;
        if self.is_over() {
            self.cut_short();
            return Ok(());
        }
        let now = core.clock.now();
        match self.sending.attempt(recipient, earlier).await? {
            Attempted::Settled(claim) => {
                self.with_end(|end| end.progress = true);
                if let Outcome::Retry { retry_at, .. } = claim.outcome {
                    self.again_at(retry_at);
                }
            }
            Attempted::Unavailable(reason) => self.with_end(|end| end.outage = Some(reason)),
            Attempted::RecipientMoved => self.again_at(now),
            Attempted::Taken => self.again_at(now + OTHERS_TURN),
        }
        Ok(())
    }

    /// Whether no further mail may be begun in this round.
    fn is_over(&self) -> bool {
        self.sending.core.stop.is_raised()
            || Instant::now() >= self.deadline
            || self.with_end(|end| end.error.is_some() || end.outage.is_some())
    }

    fn cut_short(&self) {
        self.with_end(|end| end.cut_short = true);
    }

    /// Another round is due then, or earlier.
    fn again_at(&self, moment: Timestamp) {
        self.with_end(|end| {
            end.again_at = Some(end.again_at.map_or(moment, |earlier| earlier.min(moment)));
        });
    }

    fn note(&self, tried: Result<(), StepError>) {
        if let Err(error) = tried {
            self.with_end(|end| {
                end.error.get_or_insert(error);
            });
        }
    }

    fn with_end<T>(&self, act: impl FnOnce(&mut End) -> T) -> T {
        act(&mut self.end.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
