//! Whose turn it is to mail: [`CONCURRENT_MAILS`](crate::mail::CONCURRENT_MAILS)
//! at a time in one process, whatever the number of issues and shards.

use std::time::Duration;

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use crate::workflow::StepError;

/// How long a shard keeps its turn while others wait for theirs.
const TURN: Duration = Duration::from_secs(1);

/// A shard's turn. It is taken before a claim, so that nobody is claimed who
/// then has to wait, and kept over several claims, so that the next one can
/// settle the one before.
pub(super) struct Turn<'a> {
    turns: &'a Semaphore,
    mails: SemaphorePermit<'a>,
    since: Instant,
}

impl<'a> Turn<'a> {
    /// Waits for a turn to hand over so many mails at a time.
    pub(super) async fn wait(turns: &'a Semaphore, mails: u16) -> Result<Self, StepError> {
        let acquired = turns.acquire_many(mails.into()).await;
        Ok(Self {
            turns,
            mails: acquired.map_err(|error| StepError::Transient(error.to_string()))?,
            since: Instant::now(),
        })
    }

    /// How many mails may be handed over at a time: at most so many, fewer if
    /// some were given back and others have them.
    pub(super) fn up_to(&mut self, most: u16) -> u16 {
        while self.mails.num_permits() < usize::from(most) {
            match self.turns.try_acquire() {
                Ok(further) => self.mails.merge(further),
                Err(_) => break,
            }
        }
        u16::try_from(self.mails.num_permits()).unwrap_or(most)
    }

    /// Gives back what a claim of so many does not need.
    pub(super) fn only(&mut self, mails: usize) {
        let surplus = self.mails.num_permits().saturating_sub(mails);
        drop(self.mails.split(surplus));
    }

    /// Whether it is somebody else's turn.
    pub(super) fn is_over(&self) -> bool {
        self.since.elapsed() >= TURN && self.turns.available_permits() == 0
    }
}
