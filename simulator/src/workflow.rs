//! What walks the runs of issues, as Step Functions does or one process.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use delivery::{
    ports::{WorkflowStarter, WorkflowUnavailable},
    workflow::{IssueRun, SHARDS, ShardOutcome, StepError, Steps, WorkerId},
};
use futures::future::join_all;
use jiff::Timestamp;
use tokio::{sync::oneshot, time::Duration};
use uuid::Uuid;

use crate::{cluster::Cluster, life::Life, planted::Planted, process::Process, world::World};

/// How long one invocation of a shard works.
const BUDGET: Duration = Duration::from_secs(20);
/// The longest wait for a moment that delivery names.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// The wait after the first failure of a step; it doubles up to the most.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// Executions by their names, and how many are under way.
#[derive(Debug, Default)]
pub(crate) struct Executions {
    known: Mutex<BTreeSet<String>>,
    ended: Mutex<BTreeSet<String>>,
    under_way: AtomicUsize,
}

impl Executions {
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }

    fn is_new(&self, run: &IssueRun) -> bool {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(run.name())
    }

    fn end(&self, run: &IssueRun) {
        self.ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(run.name());
    }

    /// Whether the run has begun, and not ended.
    pub(crate) fn is_under_way(&self, run: &IssueRun) -> bool {
        let has = |names: &Mutex<BTreeSet<String>>| {
            let names = names.lock().unwrap_or_else(PoisonError::into_inner);
            names.contains(&run.name())
        };
        has(&self.known) && !has(&self.ended)
    }

    fn forget(&self, run: &IssueRun) {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&run.name());
    }
}

/// The starter as a process reaches it.
pub(crate) struct ReachedStarter {
    pub(crate) life: Arc<Life>,
    pub(crate) world: Arc<World>,
    pub(crate) cluster: Weak<Cluster>,
}

#[async_trait]
impl WorkflowStarter for ReachedStarter {
    async fn start(&self, run: &IssueRun) -> Result<(), WorkflowUnavailable> {
        let away = || WorkflowUnavailable("no answer".to_owned());
        let start = async {
            let world = &self.world;
            if world.has(Planted::StartLost) && world.chance.one_in(3) {
                return Ok(());
            }
            if world.fails(world.faults.bus) {
                return Err(away());
            }
            let cluster = self.cluster.upgrade().ok_or_else(away)?;
            cluster.start(&self.life, run);
            match world.fails(world.faults.bus) {
                true => Err(away()),
                false => Ok(()),
            }
        };
        self.life.act(start).await
    }

    async fn is_under_way(&self, run: &IssueRun) -> Result<bool, WorkflowUnavailable> {
        let away = || WorkflowUnavailable("no answer".to_owned());
        let ask = async {
            if self.world.fails(self.world.faults.bus) {
                return Err(away());
            }
            let cluster = self.cluster.upgrade().ok_or_else(away)?;
            Ok(cluster.is_under_way(&self.life, run))
        };
        self.life.act(ask).await
    }
}

/// One execution.
pub(crate) struct Execution {
    pub(crate) cluster: Arc<Cluster>,
    /// The process that it lives and dies with, if it is no other's business.
    pub(crate) home: Option<Arc<Process>>,
    pub(crate) executions: Arc<Executions>,
    pub(crate) run: IssueRun,
}

impl Execution {
    /// Begins it, if it is new.
    pub(crate) fn begin(self) {
        if !self.executions.is_new(&self.run) {
            return;
        }
        self.executions.under_way.fetch_add(1, Ordering::Relaxed);
        match self.home.clone() {
            Some(home) => home.spawn(self.walk()),
            None => drop(tokio::spawn(self.walk())),
        }
    }

    async fn walk(self) {
        let settle = self.cluster.world.chance.between(1, 5);
        tokio::time::sleep(Duration::from_secs(settle)).await;
        let run = &self.run;
        self.until_done(|steps| {
            let run = run.clone();
            async move { steps.plan(&run).await }
        })
        .await;
        join_all((0..SHARDS).map(|shard| self.shard(shard))).await;
        self.until_done(|steps| {
            let run = run.clone();
            async move { steps.finish(&run).await }
        })
        .await;
        self.executions.under_way.fetch_sub(1, Ordering::Relaxed);
        if self.home.is_some() {
            // A process does not remember what it has done.
            self.executions.forget(run);
        } else {
            self.executions.end(run);
        }
    }

    async fn shard(&self, shard: u16) {
        loop {
            let outcome = self
                .until_done(|steps| {
                    let (run, worker) = (self.run.clone(), self.worker(shard));
                    async move { steps.send_shard(&run, shard, worker, BUDGET).await }
                })
                .await;
            match outcome {
                ShardOutcome::Done | ShardOutcome::Paused => return,
                ShardOutcome::More { not_before: None } => {}
                ShardOutcome::More {
                    not_before: Some(moment),
                } => self.wait_until(moment).await,
            }
        }
    }

    fn worker(&self, shard: u16) -> WorkerId {
        let world = &self.cluster.world;
        match world.has(Planted::WorkerIdUsedAgain) {
            true => WorkerId(Uuid::from_u128(u128::from(shard) + 1)),
            false => WorkerId(Uuid::from_u64_pair(
                world.chance.below(u64::MAX),
                world.chance.below(u64::MAX),
            )),
        }
    }

    async fn wait_until(&self, moment: Timestamp) {
        let wait = moment.duration_since(self.cluster.now());
        let wait = Duration::try_from(wait).unwrap_or_default();
        // Never at once: a clock that is ahead would be asked for ever.
        tokio::time::sleep(wait.clamp(Duration::from_millis(500), LONGEST_WAIT)).await;
    }

    /// Invokes a step until it succeeds.
    async fn until_done<T, F>(&self, step: impl Fn(Steps) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StepError>> + Send + 'static,
    {
        let mut backoff = FIRST_BACKOFF;
        loop {
            let process = match &self.home {
                Some(home) => Arc::clone(home),
                None => self.cluster.somebody().await,
            };
            if process.stopping().has_begun() {
                match self.home {
                    // It begins again with the next process.
                    Some(_) => std::future::pending().await,
                    None => continue,
                }
            }
            match self.invoke(&process, &step).await {
                Some(Ok(done)) => return done,
                Some(Err(StepError::Permanent(why))) => {
                    self.cluster
                        .world
                        .watch
                        .broken(format!("a step fails for good: {why}"));
                }
                Some(Err(StepError::Transient(_))) | None => {}
            }
            tokio::time::sleep(backoff).await;
            backoff = (backoff * 2).min(MAX_BACKOFF);
        }
    }

    /// None if there was no answer: the process ended, or was given up.
    async fn invoke<T, F>(
        &self,
        process: &Arc<Process>,
        step: &impl Fn(Steps) -> F,
    ) -> Option<Result<T, StepError>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StepError>> + Send + 'static,
    {
        let world: &World = &self.cluster.world;
        let stopping = Arc::clone(process.stopping());
        let invoked = Box::pin(step(process.delivery.steps()));
        let invoked = Box::pin(async move {
            let _in_flight = stopping.enter();
            invoked.await
        });
        if self.home.is_some() {
            return Some(invoked.await);
        }
        let (answer, answered) = oneshot::channel();
        process.spawn(async move {
            // Who gave it up does not want to know.
            let _gone = answer.send(invoked.await).is_err();
        });
        if world.fails(world.faults.given_up) {
            world.excuse("an invocation is given up");
            let limit = Duration::from_millis(world.chance.between(10, 30_000));
            return tokio::time::timeout(limit, answered).await.ok()?.ok();
        }
        answered.await.ok()
    }
}
