//! Whose turn it is to mail: [`CONCURRENT_MAILS`](crate::mail::CONCURRENT_MAILS)
//! at a time in one process, whatever the number of issues and shards.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use crate::{
    mail::{CONCURRENT_MAILS, MailSender},
    workflow::StepError,
};

/// How many mails one claim is for, where they are handed over one by one: that
/// many shards fill a process, and a crash holds no more.
const MAILS_PER_CLAIM: u16 = 4;
const _: () = assert!(CONCURRENT_MAILS.is_multiple_of(MAILS_PER_CLAIM as usize));

/// The turns of one process, and what each of them is good for.
#[derive(Debug)]
pub(crate) struct Turns {
    /// A permit for each mail at a time, or for each call in bulk.
    permits: Semaphore,
    /// How many shards wait for theirs.
    waiting: AtomicUsize,
    /// How many readers one call in bulk takes; none: mails go one by one.
    in_bulk: Option<u16>,
}

impl Turns {
    /// The turns for this mail side.
    pub(crate) fn new(mail: &dyn MailSender) -> Self {
        Self {
            permits: Semaphore::new(CONCURRENT_MAILS),
            waiting: AtomicUsize::new(0),
            in_bulk: mail.bulk().map(|bulk| bulk.readers_per_call().max(1)),
        }
    }
}

/// Counts somebody who waits, for as long as this lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How long a shard keeps its turn while others wait for theirs.
const TURN: Duration = Duration::from_secs(1);

/// A shard's turn. It is taken before a claim, so that nobody is claimed who
/// then has to wait, and kept over several claims, so that the next one can
/// settle the one before.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    permits: SemaphorePermit<'a>,
    since: Instant,
}

impl<'a> Turn<'a> {
    /// Waits for a turn to make a claim.
    pub(super) async fn wait(turns: &'a Turns) -> Result<Self, StepError> {
        let _waiting = Waiting::new(&turns.waiting);
        let permits = turns.in_bulk.map_or(MAILS_PER_CLAIM, |_| 1);
        let acquired = turns.permits.acquire_many(permits.into()).await;
        Ok(Self {
            turns,
            permits: acquired.map_err(|error| StepError::Transient(error.to_string()))?,
            since: Instant::now(),
        })
    }

    /// How many may be claimed: as many as a call takes; or as many mails as may
    /// go at a time, fewer if some were given back and others have them.
    pub(super) fn readers(&mut self) -> u16 {
        if let Some(readers) = self.turns.in_bulk {
            return readers;
        }
        while self.permits.num_permits() < usize::from(MAILS_PER_CLAIM) {
            match self.turns.permits.try_acquire() {
                Ok(further) => self.permits.merge(further),
                Err(_) => break,
            }
        }
        u16::try_from(self.permits.num_permits()).unwrap_or(MAILS_PER_CLAIM)
    }

    /// Gives back what a claim of so many does not need.
    pub(super) fn only(&mut self, readers: usize) {
        if self.turns.in_bulk.is_none() {
            let surplus = self.permits.num_permits().saturating_sub(readers);
            drop(self.permits.split(surplus));
        }
    }

    /// Whether it is somebody else's turn. To give it back costs a row of the
    /// log, so that it is kept where nobody waits.
    pub(super) fn is_over(&self) -> bool {
        self.since.elapsed() >= TURN && self.turns.waiting.load(Ordering::Relaxed) > 0
    }
}
