//! One run on its way.

use std::time::Duration;

use delivery::workflow::{IssueRun, SHARDS, ShardOutcome, Steps, WorkerId};
use futures::future::join_all;
use jiff::Timestamp;

use super::{DriverSettings, attempts::Attempts};

/// How long one invocation of a shard works before it is another one's turn.
const SHARD_BUDGET: Duration = Duration::from_secs(20);
/// The longest wait for a moment: longer than delivery asks for. A clock that
/// was set back makes none longer.
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 60);

/// One run on its way.
pub(super) struct Walk {
    steps: Steps,
    pub(super) run: IssueRun,
    settings: DriverSettings,
    attempts: Attempts,
}

impl Walk {
    pub(super) fn new(
        steps: Steps,
        run: IssueRun,
        settings: &DriverSettings,
        attempts: &Attempts,
    ) -> Self {
        Self {
            steps,
            run,
            settings: settings.clone(),
            attempts: attempts.clone(),
        }
    }

    /// Walks all steps. Ends early only if it is time to stop: the next start
    /// walks them again.
    pub(super) async fn to_its_end(&self) {
        let _ended = self.all_steps().await.is_some();
    }

    /// None if it is time to stop.
    async fn all_steps(&self) -> Option<()> {
        let (steps, run, attempts) = (&self.steps, &self.run, &self.attempts);
        // Also after a restart: confirmations may have waited with the run.
        attempts.sleep(self.settings.settle).await;
        attempts.until_done("plan", || steps.plan(run)).await?;
        // Every shard is waited for, even if one has ended because it is time
        // to stop: to drop the others would hold what they are mailing.
        let shards = join_all((0..SHARDS).map(|shard| self.shard(shard)));
        let shards = self.reporting_during(shards).await;
        shards.into_iter().collect::<Option<()>>()?;
        attempts.until_done("finish", || steps.finish(run)).await
    }

    /// Awaits `sending`, and reports meanwhile from time to time. Its end waits
    /// for no report: one that is cut short was written whole, or not at all.
    async fn reporting_during<T>(&self, sending: impl Future<Output = T>) -> T {
        let reporting = async {
            loop {
                tokio::time::sleep(self.steps.progress_interval()).await;
                // It is large, and there are many walks.
                let report = Box::pin(self.steps.report(&self.run));
                self.attempts.once("report", report).await;
            }
        };
        tokio::select! {
            biased;
            sent = sending => sent,
            never = reporting => never,
        }
    }

    /// Walks one shard until it is done or paused; none if it is time to stop.
    async fn shard(&self, shard: u16) -> Option<()> {
        loop {
            let outcome = self
                .attempts
                .until_done("send_shard", || {
                    let worker = WorkerId(self.settings.randomness.uuid());
                    self.steps
                        .send_shard(&self.run, shard, worker, SHARD_BUDGET)
                })
                .await?;
            match outcome {
                ShardOutcome::Done | ShardOutcome::Paused => return Some(()),
                ShardOutcome::More { not_before: None } => {}
                ShardOutcome::More {
                    not_before: Some(moment),
                } => self.wait_until(moment).await,
            }
        }
    }

    async fn wait_until(&self, moment: Timestamp) {
        let wait = moment.duration_since(self.settings.clock.now());
        // Negative if the moment has passed.
        let wait = Duration::try_from(wait).unwrap_or_default();
        self.attempts.sleep(wait.min(LONGEST_WAIT)).await;
    }
}
