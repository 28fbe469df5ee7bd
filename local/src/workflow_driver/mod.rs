//! Walks the runs of issues, where on AWS Step Functions does.

mod attempts;
#[cfg(test)]
mod tests;
mod walk;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ambient::{SharedClock, SharedRandomness};
use async_trait::async_trait;
use delivery::{
    App,
    ports::{WorkflowStarter, WorkflowUnavailable},
    workflow::{Cause, IssueRun, StepError},
};
use tokio::{sync::mpsc, task::JoinSet};
use tracing::{Instrument, Span, info_span, instrument::WithSubscriber};
use uuid::Uuid;

use self::{attempts::Attempts, walk::Walk};
use crate::shutdown::Stopping;

/// The most runs under way; further starts are refused for now. Most of them
/// wait, which costs no more than some memory and a small read now and then.
const MAX_RUNS: usize = 10_000;

/// Names a run.
type RunKey = (Uuid, Cause);

/// Starts runs; [`Driver`] walks them.
#[derive(Clone)]
pub(crate) struct Starter {
    runs: mpsc::UnboundedSender<IssueRun>,
    under_way: UnderWay,
}

/// Walks the runs that were started.
pub(crate) struct Driver {
    runs: mpsc::UnboundedReceiver<IssueRun>,
    under_way: UnderWay,
    settings: DriverSettings,
}

/// What a driver works with.
#[derive(Clone)]
pub(crate) struct DriverSettings {
    /// Passes before a run is planned, so that confirmations from before it
    /// was published have arrived.
    pub(crate) settle: Duration,
    /// What delivery takes for the time.
    pub(crate) clock: SharedClock,
    pub(crate) randomness: SharedRandomness,
}

/// A starter and its driver.
pub(crate) fn workflow(settings: DriverSettings) -> (Starter, Driver) {
    // `MAX_RUNS` bounds it.
    let (sender, runs) = mpsc::unbounded_channel();
    let under_way = UnderWay::default();
    let starter = Starter {
        runs: sender,
        under_way: under_way.clone(),
    };
    let driver = Driver {
        runs,
        under_way,
        settings,
    };
    (starter, driver)
}

#[async_trait]
impl WorkflowStarter for Starter {
    /// A run under way is not started again. One that ended is walked again,
    /// which changes nothing, because each step is idempotent. What is lost
    /// with the process, [`App::unfinished_runs`] tells the next one.
    async fn start(&self, run: &IssueRun) -> Result<(), WorkflowUnavailable> {
        self.start_if_below(MAX_RUNS, run)
    }

    /// No run fails here: its steps are tried until they are done.
    async fn is_under_way(&self, run: &IssueRun) -> Result<bool, WorkflowUnavailable> {
        Ok(self.under_way.lock().contains(&key(run)))
    }
}

impl Starter {
    /// Starts `run` if fewer than `most` are under way.
    fn start_if_below(&self, most: usize, run: &IssueRun) -> Result<(), WorkflowUnavailable> {
        let mut under_way = self.under_way.lock();
        if under_way.contains(&key(run)) {
            return Ok(());
        }
        if under_way.len() >= most {
            return Err(WorkflowUnavailable("too many runs are under way".into()));
        }
        self.runs
            .send(run.clone())
            .map_err(|_| WorkflowUnavailable("it is being stopped".into()))?;
        under_way.insert(key(run));
        Ok(())
    }
}

impl Driver {
    /// Resumes what a former process left, and walks what is started, until it
    /// is time to stop. Then nothing is begun any more, and what is being sent
    /// is waited for, however long that takes.
    pub(crate) async fn run(mut self, app: App, starter: Starter, mut stopping: Stopping) {
        let steps = app.steps();
        let attempts = Attempts::new(stopping.clone());
        let mut running = JoinSet::new();
        running.spawn(resume(app, starter, attempts.clone()).with_current_subscriber());
        while !stopping.is_now() {
            tokio::select! {
                Some(run) = self.runs.recv() => {
                    let span = span(&run);
                    let walk = Walk::new(steps.clone(), run, &self.settings, &attempts);
                    let walking = Walking(self.under_way.clone(), key(&walk.run));
                    running.spawn(async move {
                        walk.to_its_end().await;
                        drop(walking);
                    }.instrument(span).with_current_subscriber());
                }
                Some(ended) = running.join_next() => note_end(&ended),
                () = stopping.wait() => {}
            }
        }
        steps.stop();
        while let Some(ended) = running.join_next().await {
            note_end(&ended);
        }
    }
}

/// Starts the runs that a former process did not finish, however many.
async fn resume(app: App, starter: Starter, attempts: Attempts) {
    let unfinished = attempts
        .until_done("resume", || async {
            app.unfinished_runs()
                .await
                .map_err(|error| StepError::Transient(error.to_string()))
        })
        .await;
    for run in unfinished.into_iter().flatten() {
        let (issue_id, cause) = (run.issue_id, run.cause);
        match starter.start_if_below(usize::MAX, &run) {
            Ok(()) => tracing::info!(%issue_id, %cause, "a run is resumed"),
            Err(error) => tracing::error!(
                %issue_id, %cause, %error,
                "a run is not resumed before the next start"
            ),
        }
    }
}

/// Steps that panic are caught and tried again: this should not be met.
fn note_end(ended: &Result<(), tokio::task::JoinError>) {
    if ended.is_err() {
        tracing::error!("a run was left unfinished: the next start resumes it");
    }
}

/// What the driver says of a run is in the trace of what made it necessary.
fn span(run: &IssueRun) -> Span {
    let span = info_span!(
        "run",
        otel.name = "run issue",
        issue_id = %run.issue_id,
        cause = %run.cause,
    );
    telemetry::set_parent(&span, run.traceparent.as_deref());
    span
}

fn key(run: &IssueRun) -> RunKey {
    (run.issue_id, run.cause)
}

/// The runs that were started and have not ended.
#[derive(Clone, Default)]
struct UnderWay(Arc<Mutex<HashSet<RunKey>>>);

impl UnderWay {
    fn lock(&self) -> MutexGuard<'_, HashSet<RunKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that is being walked, until this is dropped: by a panic, too.
struct Walking(UnderWay, RunKey);

impl Drop for Walking {
    fn drop(&mut self) {
        self.0.lock().remove(&self.1);
    }
}
