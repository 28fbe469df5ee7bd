//! A worker keeps to the send rate.

use std::{collections::HashSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::Shift;
use crate::{
    domain::{rate::SendRate, shard::SHARDS},
    shard_log::Action,
    store::runs,
    use_cases::pace::time_for,
    workflow::{ShardOutcome, StepError},
};

/// How long a worker waits with results that are not written down: a crash
/// meanwhile holds those who got their mail. A row of its own for them is worth
/// more than this.
const HOLD: Duration = Duration::from_millis(250);
/// How long it waits with nobody claimed before it leaves that to its host.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it waits before it looks for news, a pause above all.
const LOOK: Duration = Duration::from_secs(1);
/// How often it counts the issues that share the rate, where several processes
/// do. For so long after an issue is published the rate can be exceeded; 16 shards
/// that look every five seconds read three items a second.
const RECOUNT: Duration = Duration::from_secs(5);

/// Why an issue pauses before the mail side itself says that the day's quota is
/// used up.
const DAY_USED: &str = "the mail side's quota of the day is used up but for a share for \
                        confirmations";

/// The rate of one worker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    /// Of all issues together.
    all: SendRate,
    /// Mails of this shard per second.
    shard: f64,
    read: Instant,
}

impl Shift<'_> {
    /// This shard's share of the rate, in mails per second; none: no limit.
    pub(super) fn per_second(&self) -> Option<f64> {
        let rate = self.rate.as_ref()?;
        Some(rate.shard * self.core.pace.share())
    }

    /// Finds out what the rate is. Where this process is the only one, its pace
    /// keeps all shards and issues to it together. Where others send the other
    /// shards, each keeps to its own share, a sixteenth for each open issue.
    pub(super) async fn read_rate(&mut self) -> Result<(), StepError> {
        if self.fold.is_cancelled() || self.fold.controls().is_paused() {
            return Ok(());
        }
        let core = self.core;
        core.allowance.refresh(&*core.mail, &*core.randomness).await;
        let told = core.allowance.rate(self.known.send_rate);
        let Some(all) = SendRate::slower(core.config.send_rate, told) else {
            self.rate = None;
            return Ok(());
        };
        let is_fresh = |rate: &Rate| rate.all == all && rate.read.elapsed() < RECOUNT;
        if self.rate.as_ref().is_some_and(is_fresh) {
            return Ok(());
        }
        let mut shard = all.per_second() / f64::from(SHARDS);
        if !self.core.config.sole_process {
            let open = runs::all(&self.core.table).await?;
            let issues: HashSet<_> = open.iter().map(|run| run.issue_id).collect();
            shard /= issues.len().max(1) as f64;
        }
        let read = Instant::now();
        self.rate = Some(Rate { all, shard, read });
        Ok(())
    }

    /// Takes a place for so many mails, or tells how long to wait for it.
    pub(super) fn take_place(&self, mails: usize) -> Result<(), Duration> {
        let Some(rate) = &self.rate else {
            return Ok(());
        };
        let pace = &self.core.pace;
        if self.core.config.sole_process {
            return pace.take(mails, rate.all.per_second());
        }
        let now = self.core.clock.now();
        let per_second = rate.shard * pace.share();
        // A clock that was set back makes no wait longer.
        let (since, wait) = match self.fold.last_claim() {
            Some((at, before)) => (at, time_for(before, per_second)),
            None => (self.known.started_at, self.stagger(mails, per_second)),
        };
        let until = later(since, wait);
        let left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        match left.min(wait) {
            Duration::ZERO => Ok(()),
            wait => Err(wait),
        }
    }

    /// Waits until so many mails may leave: they took their place when they were
    /// claimed, and some claims are longer on their way than others.
    pub(super) async fn depart(&self, mails: usize) {
        if let Some(rate) = &self.rate
            && self.core.config.sole_process
        {
            let all = rate.all.per_second();
            self.core.pace.depart(mails, all).await;
        }
    }

    /// Shards begin one after the other, so that they do not all mail in the
    /// same part of a second.
    fn stagger(&self, mails: usize, per_second: f64) -> Duration {
        let place = f64::from(self.log.shard.number()) / f64::from(SHARDS);
        time_for(mails, per_second).mul_f64(place)
    }

    /// The day's quota has no place for the claim: what is open is settled, and
    /// then the issue pauses.
    pub(super) async fn pause_for_today(&mut self) -> Result<(), StepError> {
        if self.has_claim() {
            self.yields = true;
            return Ok(());
        }
        let pause = self.control(Action::Pause, Some(DAY_USED.to_owned()));
        self.append(vec![pause]).await
    }

    /// Waits for about `wait`, and reads what is new; answers if that is to be
    /// left to the host. Nobody stays claimed over a long wait.
    pub(super) async fn wait_for_place(
        &mut self,
        wait: Duration,
    ) -> Result<Option<ShardOutcome>, StepError> {
        if self.has_claim() {
            match self.called.elapsed() + wait <= HOLD {
                true => tokio::time::sleep(wait).await,
                false => self.yields = true,
            }
            return Ok(None);
        }
        if wait > PATIENCE {
            let not_before = Some(later(self.core.clock.now(), wait));
            return Ok(Some(ShardOutcome::More { not_before }));
        }
        tokio::time::sleep(wait.min(LOOK)).await;
        if wait >= LOOK {
            self.read().await?;
        }
        Ok(None)
    }
}

fn later(at: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    at.saturating_add(wait).unwrap_or(Timestamp::MAX)
}
