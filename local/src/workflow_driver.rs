//! Walks the runs of issues, where on AWS Step Functions does.

use std::{
    collections::HashSet,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ambient::SharedRandomness;
use async_trait::async_trait;
use delivery::{
    App,
    ports::{WorkflowStarter, WorkflowUnavailable},
    workflow::{IssueRun, SHARDS, ShardOutcome, StepError, Steps, WorkerId},
};
use futures::{StreamExt, stream};
use tokio::{sync::mpsc, task::JoinSet};
use tracing::instrument::WithSubscriber;
use uuid::Uuid;

use crate::shutdown::Stopping;

/// How many issues are walked at the same time; further ones wait.
const CONCURRENT_RUNS: usize = 4;
/// How many shards of one issue are walked at the same time.
const CONCURRENT_SHARDS: usize = 4;
/// The most runs that wait to be walked; further starts are refused for now.
const WAITING_RUNS: usize = 1_000;
/// How long one invocation of a shard works before it is invoked afresh.
const SHARD_BUDGET: Duration = Duration::from_secs(60);
/// The wait after the first failure of a step; it doubles with each further one.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
/// The longest wait between two attempts of a step: a run is never given up.
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// Names a run.
type RunKey = (Uuid, u64);

/// Starts runs; [`Driver`] walks them.
#[derive(Clone)]
pub(crate) struct Starter {
    runs: mpsc::Sender<IssueRun>,
    under_way: Arc<Mutex<HashSet<RunKey>>>,
}

/// Walks the runs that were started.
pub(crate) struct Driver {
    runs: mpsc::Receiver<IssueRun>,
    under_way: Arc<Mutex<HashSet<RunKey>>>,
    settle: Duration,
    randomness: SharedRandomness,
}

/// A starter and its driver. Before a run is planned `settle` passes, so that
/// confirmations from before it was published have arrived.
pub(crate) fn workflow(settle: Duration, randomness: SharedRandomness) -> (Starter, Driver) {
    let (sender, runs) = mpsc::channel(WAITING_RUNS);
    let under_way = Arc::default();
    let starter = Starter {
        runs: sender,
        under_way: Arc::clone(&under_way),
    };
    let driver = Driver {
        runs,
        under_way,
        settle,
        randomness,
    };
    (starter, driver)
}

#[async_trait]
impl WorkflowStarter for Starter {
    /// A run under way is not started again. One that ended is walked again,
    /// which changes nothing, because each step is idempotent. What is lost
    /// with the process, [`App::unfinished_runs`] tells the next one.
    async fn start(&self, run: &IssueRun) -> Result<(), WorkflowUnavailable> {
        if !lock(&self.under_way).insert(key(run)) {
            return Ok(());
        }
        self.runs.try_send(run.clone()).map_err(|error| {
            lock(&self.under_way).remove(&key(run));
            WorkflowUnavailable(match error {
                mpsc::error::TrySendError::Full(_) => "too many runs wait".to_owned(),
                mpsc::error::TrySendError::Closed(_) => "it is being stopped".to_owned(),
            })
        })
    }
}

impl Driver {
    /// Resumes what a former process left, then walks what is started, until
    /// it is time to stop; sends under way are finished.
    pub(crate) async fn run(mut self, app: App, starter: Starter, mut stopping: Stopping) {
        resume(&app, &starter, stopping.clone()).await;
        let steps = app.steps();
        let mut running = JoinSet::new();
        while !stopping.is_now() {
            tokio::select! {
                Some(run) = self.runs.recv(), if running.len() < CONCURRENT_RUNS => {
                    let walk = Walk {
                        steps: steps.clone(),
                        run,
                        settle: self.settle,
                        randomness: Arc::clone(&self.randomness),
                        stopping: stopping.clone(),
                    };
                    let under_way = Arc::clone(&self.under_way);
                    running.spawn(async move {
                        walk.to_its_end().await;
                        lock(&under_way).remove(&key(&walk.run));
                    }.with_current_subscriber());
                }
                Some(ended) = running.join_next() => {
                    if ended.is_err() {
                        tracing::error!("a run was left unfinished: the next start resumes it");
                    }
                }
                () = stopping.wait() => {}
            }
        }
        steps.stop();
        while running.join_next().await.is_some() {}
    }
}

/// Starts the runs that a former process did not finish.
async fn resume(app: &App, starter: &Starter, stopping: Stopping) {
    let mut attempts = Attempts::new(stopping);
    let unfinished = attempts
        .until_done("resume", None, || async {
            app.unfinished_runs()
                .await
                .map_err(|error| StepError::Transient(error.to_string()))
        })
        .await;
    for run in unfinished.into_iter().flatten() {
        tracing::info!(issue_id = %run.issue_id, generation = run.generation, "a run is resumed");
        if let Err(error) = starter.start(&run).await {
            tracing::error!(issue_id = %run.issue_id, %error, "a run is not resumed before the next start");
        }
    }
}

/// One run on its way.
struct Walk {
    steps: Steps,
    run: IssueRun,
    settle: Duration,
    randomness: SharedRandomness,
    stopping: Stopping,
}

impl Walk {
    /// Walks all steps. Ends early only if it is time to stop.
    async fn to_its_end(&self) {
        // Also after a restart: confirmations may have waited with the run.
        self.stopping.clone().sleep(self.settle).await;
        let (steps, run) = (&self.steps, &self.run);
        let mut attempts = Attempts::new(self.stopping.clone());
        if attempts
            .until_done("plan", Some(run), || steps.plan(run))
            .await
            .is_none()
        {
            return;
        }
        let mut shards = stream::iter(0..SHARDS)
            .map(|shard| self.shard(shard))
            .buffer_unordered(CONCURRENT_SHARDS);
        while let Some(done) = shards.next().await {
            if done.is_none() {
                return;
            }
        }
        // None if it is time to stop: the next start walks this step again.
        let _finished = attempts
            .until_done("finish", Some(run), || steps.finish(run))
            .await;
    }

    /// Walks one shard until it is done; none if it is time to stop.
    async fn shard(&self, shard: u16) -> Option<()> {
        let (steps, run) = (&self.steps, &self.run);
        let mut attempts = Attempts::new(self.stopping.clone());
        loop {
            let outcome = attempts
                .until_done("send_shard", Some(run), || {
                    let worker = WorkerId(self.randomness.uuid());
                    steps.send_shard(run, shard, worker, SHARD_BUDGET)
                })
                .await?;
            match outcome {
                ShardOutcome::Done => return Some(()),
                ShardOutcome::More => {}
            }
        }
    }
}

/// Tries a step until it is done, with waits that grow.
struct Attempts {
    stopping: Stopping,
}

impl Attempts {
    fn new(stopping: Stopping) -> Self {
        Self { stopping }
    }

    /// Tries `step`, named `name`, until it succeeds; none if it is time to
    /// stop. A step that fails for good is tried on, at the slowest pace: a
    /// repaired program finishes the run.
    async fn until_done<T, F, Fut>(
        &mut self,
        name: &'static str,
        run: Option<&IssueRun>,
        step: F,
    ) -> Option<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<T, StepError>>,
    {
        let issue_id = run.map(|run| tracing::field::display(run.issue_id));
        let mut backoff = FIRST_BACKOFF;
        while !self.stopping.is_now() {
            match step().await {
                Ok(done) => return Some(done),
                Err(error @ StepError::Transient(_)) => {
                    tracing::warn!(issue_id, step = name, %error, "a step is tried again");
                }
                Err(error @ StepError::Permanent(_)) => {
                    tracing::error!(issue_id, step = name, %error, "a step fails");
                    backoff = MAX_BACKOFF;
                }
            }
            self.stopping.sleep(backoff).await;
            backoff = (backoff * 2).min(MAX_BACKOFF);
        }
        None
    }
}

fn key(run: &IssueRun) -> RunKey {
    (run.issue_id, run.generation)
}

fn lock(under_way: &Mutex<HashSet<RunKey>>) -> std::sync::MutexGuard<'_, HashSet<RunKey>> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use ambient::SystemRandomness;

    use super::*;

    fn run(generation: u64) -> IssueRun {
        IssueRun {
            issue_id: Uuid::nil(),
            generation,
            traceparent: None,
        }
    }

    #[tokio::test]
    async fn a_run_under_way_is_not_started_again() {
        let (starter, mut driver) = workflow(Duration::ZERO, Arc::new(SystemRandomness));
        starter.start(&run(1)).await.expect("a start");
        starter.start(&run(1)).await.expect("the same start again");
        starter.start(&run(2)).await.expect("another start");
        assert_eq!(driver.runs.recv().await, Some(run(1)));
        assert_eq!(driver.runs.recv().await, Some(run(2)));
        assert!(driver.runs.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_start_that_is_refused_can_be_tried_again() {
        let (starter, mut driver) = workflow(Duration::ZERO, Arc::new(SystemRandomness));
        for generation in 0..WAITING_RUNS as u64 {
            starter.start(&run(generation)).await.expect("a start");
        }
        let one_too_many = run(WAITING_RUNS as u64);
        starter.start(&one_too_many).await.expect_err("no room");
        driver.runs.recv().await.expect("the first run");
        starter.start(&one_too_many).await.expect("room again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_is_tried_until_it_is_done() {
        let (_switch, stopping) = crate::shutdown::StopSwitch::new();
        let failures_left = Mutex::new(5);
        let done = Attempts::new(stopping)
            .until_done("test", None, || async {
                let mut left = failures_left.lock().expect("the lock");
                if *left == 0 {
                    return Ok("done");
                }
                *left -= 1;
                Err(StepError::Transient("not yet".to_owned()))
            })
            .await;
        assert_eq!(done, Some("done"));
    }
}
