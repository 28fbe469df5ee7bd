//! The steps.

use std::{sync::Arc, time::Duration};

use tracing::{Instrument, Span, field::Empty, info_span};

use super::{IssueRun, ShardOutcome, StepError, WorkerId};
use crate::{
    app::Core,
    use_cases::{
        finish_issue::finish_issue, plan_issue::plan_issue, report_progress::report_progress,
        send_shard::send_shard,
    },
};

/// The steps of a run. The host waits the settling seconds, walks
/// [`plan`](Self::plan), then [`send_shard`](Self::send_shard) for all shards
/// in parallel, each again while it answers [`ShardOutcome::More`] and not
/// before it asks for that, then [`finish`](Self::finish). Every step may be walked
/// again after a crash. Beside the shards it calls [`report`](Self::report), from
/// time to time.
#[derive(Clone)]
pub struct Steps {
    core: Arc<Core>,
}

impl Steps {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Begins the run. Idempotent.
    ///
    /// # Errors
    /// See [`StepError`].
    pub async fn plan(&self, run: &IssueRun) -> Result<(), StepError> {
        plan_issue(&self.core, run)
            .instrument(span("plan issue", run))
            .await
    }

    /// Mails the recipients of one shard (below [`SHARDS`](super::SHARDS))
    /// who have no outcome yet, for about `budget`: no mail is begun after it,
    /// and what is in flight by then is settled first, which can take
    /// [`SEND_LIMIT`](crate::mail::SEND_LIMIT). It waits for nothing: a mail that
    /// is to be tried again later is left to a later invocation.
    ///
    /// `worker` MUST be fresh for each invocation, and each MUST be awaited to
    /// its end: whose mail was in flight when it was dropped is held.
    ///
    /// # Errors
    /// See [`StepError`]; after a transient one invoke again, with waits that
    /// grow. A mail side that is out of order is one, however long it lasts.
    pub async fn send_shard(
        &self,
        run: &IssueRun,
        shard: u16,
        worker: WorkerId,
        budget: Duration,
    ) -> Result<ShardOutcome, StepError> {
        let span = span("send shard", run);
        span.record("shard", shard);
        send_shard(&self.core, run, shard, worker, budget)
            .instrument(span)
            .await
    }

    /// Reports how far the issue is, if that changed since the last report and
    /// [`Config::progress_interval`](crate::Config::progress_interval) has
    /// passed. May be called at any time, by several at once, and be dropped:
    /// nothing depends on it. It belongs to the caller's span.
    ///
    /// # Errors
    /// See [`StepError`]; leave it to the next time.
    pub async fn report(&self, run: &IssueRun) -> Result<(), StepError> {
        report_progress(&self.core, run).await
    }

    /// How often to call [`report`](Self::report).
    pub fn progress_interval(&self) -> Duration {
        self.core.config.progress_interval
    }

    /// Ends the run, once every shard answered [`ShardOutcome::Done`]: the last
    /// open run of an issue reports the counts, and the first time that it is
    /// delivered. Idempotent.
    ///
    /// # Errors
    /// See [`StepError`].
    pub async fn finish(&self, run: &IssueRun) -> Result<(), StepError> {
        finish_issue(&self.core, run)
            .instrument(span("finish issue", run))
            .await
    }

    /// Begins an orderly stop: from now on no mail is begun, what is in flight
    /// is settled, and `send_shard` answers [`ShardOutcome::More`]. It holds
    /// for every clone, and for good.
    pub fn stop(&self) {
        self.core.stop.raise();
    }
}

/// A step's span, in the trace of what made the run necessary.
fn span(step: &'static str, run: &IssueRun) -> Span {
    let span = info_span!(
        "step",
        otel.name = step,
        issue_id = %run.issue_id,
        cause = %run.cause,
        shard = Empty,
    );
    telemetry::set_parent(&span, run.traceparent.as_deref());
    span
}
