//! One round over a shard: claims that were left over, mails to be tried
//! again, and then everybody on whom there is no claim.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
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
    store::{claims, recipients},
    workflow::{StepError, WorkerId},
};

/// How many mails of one shard are handed over at a time.
const CONCURRENT_MAILS: usize = 4;

/// After so many mails in a row that could not leave, the round ends: the mail
/// side is out of order, and to claim more would only use up their attempts.
const OUTAGE: u32 = 8;

/// How long to wait before looking again at what another worker is doing.
const OTHERS_TURN: Duration = Duration::from_millis(250);

/// One round.
pub(super) struct Round<'a> {
    sending: &'a Sending<'a>,
    shard: Shard,
    deadline: Instant,
    unsent_in_a_row: AtomicU32,
    end: Mutex<End>,
}

/// What keeps the round from having been the last.
#[derive(Default)]
struct End {
    /// When the next one has something to do.
    again_at: Option<Timestamp>,
    /// Not everybody was looked at.
    cut_short: bool,
    /// The first fault.
    error: Option<StepError>,
}

impl<'a> Round<'a> {
    pub(super) fn new(sending: &'a Sending<'a>, shard: Shard, deadline: Instant) -> Self {
        Self {
            sending,
            shard,
            deadline,
            unsent_in_a_row: AtomicU32::new(0),
            end: Mutex::default(),
        }
    }

    /// Walks it. Answers when another one is due; none if everybody in the
    /// shard has an outcome.
    ///
    /// After a fault no mail is begun, yet those in flight are settled: to drop
    /// them would hold them.
    pub(super) async fn walk(self) -> Result<Option<Timestamp>, StepError> {
        let core = self.sending.core;
        let issue_id = self.sending.issue.issue_id;
        let claims: HashMap<Uuid, Claim> = claims::of_shard(&core.table, issue_id, self.shard)
            .await?
            .into_iter()
            .map(|claim| (claim.subscriber_id, claim))
            .collect();
        self.meet_open_claims(&claims).await?;
        self.retry_due(&claims).await;
        self.mail_unclaimed(&claims).await?;
        let in_outage = self.in_outage();
        let end = self
            .end
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = end.error {
            return Err(error);
        }
        if end.cut_short && !in_outage {
            return Ok(Some(core.clock.now()));
        }
        // In an outage there is a mail to be tried again, and a time for it.
        Ok(end.again_at)
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
            .for_each_concurrent(CONCURRENT_MAILS, |claim| async move {
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
                .for_each_concurrent(CONCURRENT_MAILS, |recipient| async move {
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

    /// Mails one recipient, unless the round is over.
    async fn mail(&self, recipient: &Recipient, earlier: Option<&Claim>) -> Result<(), StepError> {
        if self.is_over() {
            self.cut_short();
            return Ok(());
        }
        let now = self.sending.core.clock.now();
        match self.sending.attempt(recipient, earlier).await? {
            Attempted::Settled(claim) => match claim.outcome {
                Outcome::Retry { retry_at, .. } => {
                    self.unsent_in_a_row.fetch_add(1, Ordering::Relaxed);
                    self.again_at(retry_at);
                }
                _ => self.unsent_in_a_row.store(0, Ordering::Relaxed),
            },
            Attempted::RecipientMoved => self.again_at(now),
            Attempted::Taken => self.again_at(now + OTHERS_TURN),
        }
        Ok(())
    }

    /// Whether no further mail may be begun in this round.
    fn is_over(&self) -> bool {
        self.sending.core.stop.is_raised()
            || Instant::now() >= self.deadline
            || self.in_outage()
            || self.with_end(|end| end.error.is_some())
    }

    fn in_outage(&self) -> bool {
        self.unsent_in_a_row.load(Ordering::Relaxed) >= OUTAGE
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
