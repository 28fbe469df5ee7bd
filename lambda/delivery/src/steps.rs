//! The roles that a state machine calls: the steps of a run.

use std::time::Duration;

use ambient::{Randomness, SystemRandomness};
use delivery::{
    mail::SEND_LIMIT,
    workflow::{IssueRun, SHARDS, ShardOutcome, StepError, Steps, WorkerId},
};
use jiff::Timestamp;
use lambda_host::{Failure, Host, StartError};
use serde::{Deserialize, Serialize};

/// What an invocation keeps of its time once the last mail it began is settled.
const MARGIN: Duration = Duration::from_secs(20);

/// What `plan` answers.
#[derive(Serialize)]
struct Planned {
    /// The shards, each to be sent by itself.
    shards: Vec<u16>,
}

/// What `send` is asked.
#[derive(Deserialize)]
struct Shard {
    run: IssueRun,
    shard: u16,
}

/// What `send` answers, in a form that a Choice state can look at.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Sent {
    outcome: &'static str,
    /// Invoke again not before then; none: at once.
    not_before: Option<Timestamp>,
}

/// What `finish` answers: nothing, as an object.
#[derive(Serialize)]
struct Finished {}

/// Begins runs.
///
/// # Errors
/// See [`Host::serve`].
pub(crate) async fn plan(host: &Host, steps: &Steps) -> Result<(), StartError> {
    host.serve("plan", async |run: IssueRun, _| {
        steps.plan(&run).await.map_err(failure)?;
        let shards = (0..SHARDS).collect();
        Ok(Planned { shards })
    })
    .await
}

/// Mails shards, each for as long as the invocation may last, and reports on the
/// issue meanwhile.
///
/// # Errors
/// See [`Host::serve`].
pub(crate) async fn send(host: &Host, steps: &Steps) -> Result<(), StartError> {
    host.serve("send", async |asked: Shard, deadline| {
        let Shard { run, shard } = asked;
        let randomness: &dyn Randomness = &SystemRandomness;
        let worker = WorkerId(randomness.uuid());
        let budget = deadline.left(SEND_LIMIT + MARGIN);
        let sending = steps.send_shard(&run, shard, worker, budget);
        tokio::select! {
            biased;
            outcome = sending => outcome.map(sent).map_err(failure),
            never = report_meanwhile(steps, &run) => match never {},
        }
    })
    .await
}

/// Reports from time to time. A report that is cut short was written whole, or
/// not at all.
async fn report_meanwhile(steps: &Steps, run: &IssueRun) -> std::convert::Infallible {
    loop {
        tokio::time::sleep(steps.progress_interval()).await;
        if let Err(error) = Box::pin(steps.report(run)).await {
            tracing::warn!(%error, "a report is left to the next time");
        }
    }
}

/// Ends runs.
///
/// # Errors
/// See [`Host::serve`].
pub(crate) async fn finish(host: &Host, steps: &Steps) -> Result<(), StartError> {
    host.serve("finish", async |run: IssueRun, _| {
        steps.finish(&run).await.map_err(failure)?;
        Ok(Finished {})
    })
    .await
}

fn sent(outcome: ShardOutcome) -> Sent {
    let (outcome, not_before) = match outcome {
        ShardOutcome::Done => ("done", None),
        ShardOutcome::Paused => ("paused", None),
        ShardOutcome::More { not_before } => ("more", not_before),
    };
    Sent {
        outcome,
        not_before,
    }
}

fn failure(error: StepError) -> Failure {
    match error {
        StepError::Transient(reason) => Failure::Transient(reason),
        StepError::Permanent(reason) => Failure::Permanent(reason),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(outcome: ShardOutcome) -> serde_json::Value {
        serde_json::to_value(sent(outcome)).expect("JSON")
    }

    #[test]
    fn a_choice_can_tell_how_a_shard_ended() {
        let done = json!({"outcome": "done", "not_before": null});
        assert_eq!(answer(ShardOutcome::Done), done);
        let paused = json!({"outcome": "paused", "not_before": null});
        assert_eq!(answer(ShardOutcome::Paused), paused);
        let at_once = json!({"outcome": "more", "not_before": null});
        assert_eq!(answer(ShardOutcome::More { not_before: None }), at_once);
        let not_before = Some("2026-11-29T12:00:00Z".parse().expect("a moment"));
        let later = json!({"outcome": "more", "not_before": "2026-11-29T12:00:00Z"});
        assert_eq!(answer(ShardOutcome::More { not_before }), later);
    }

    #[test]
    fn what_a_state_machine_hands_over_is_understood() {
        let asked = json!({
            "run": {"issue_id": "00000000-0000-0000-0000-000000000001", "cause": "published"},
            "shard": 15,
        });
        let asked: Shard = serde_json::from_value(asked).expect("a shard of a run");
        assert_eq!((asked.shard, asked.run.attempt), (15, 0));
    }
}
