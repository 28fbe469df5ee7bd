//! A confirmation that was given before an issue was published and arrives
//! after the issue's sending has passed: it gets the issue all the same.
//!
//! Why nobody is overlooked: the recipient is committed before the list of
//! recent issues is read, and an issue is listed before its recipients are.
//! Either this sees the issue, or the issue's run sees the recipient.

use dynamo::Transaction;
use outbox::HandleError;
use uuid::Uuid;

use super::MAX_DECISIONS;
use crate::{
    app::Core,
    domain::{
        issue::{Issue, LATE_WINDOW, LateRun},
        recipient::Recipient,
    },
    store::{claims, issues},
    workflow::IssueRun,
};

/// Starts a further run of every recent issue that is for one of `recipients`
/// and may have passed them.
pub(super) async fn send_them_recent_issues(
    core: &Core,
    recipients: &[Recipient],
) -> Result<(), HandleError> {
    let Some(first_confirmed_at) = recipients.iter().filter_map(Recipient::confirmed_at).min()
    else {
        return Ok(());
    };
    let window = core.clock.now() - LATE_WINDOW;
    for issue_id in issues::recent(&core.table, first_confirmed_at.max(window)).await? {
        if let Some(run) = run_for(core, issue_id, recipients).await? {
            core.workflow
                .start(&run)
                .await
                .map_err(|error| HandleError::Transient(error.to_string()))?;
        }
    }
    Ok(())
}

/// The run of the issue that will see `recipients`; none where the issue is not
/// for them, has them already, or has not begun and will see them anyway.
async fn run_for(
    core: &Core,
    issue_id: Uuid,
    recipients: &[Recipient],
) -> Result<Option<IssueRun>, HandleError> {
    for _ in 0..MAX_DECISIONS {
        let Some(mut issue) = issues::find(&core.table, issue_id).await? else {
            return Ok(None);
        };
        if issue.planned_run == 0 || !passes_over_any(core, &issue, recipients).await? {
            return Ok(None);
        }
        let further = match issue.run_for_late_recipient() {
            // Its start may have been lost with the process that asked for it.
            LateRun::Coming(generation) => {
                return Ok(issues::find_open_run(&core.table, issue_id, generation).await?);
            }
            LateRun::Further(generation) => IssueRun {
                issue_id,
                generation,
                traceparent: telemetry::current_traceparent(),
            },
        };
        let mut transaction = Transaction::new();
        issues::write_changed(&mut transaction, &issue);
        issues::open_run(&mut transaction, &further);
        match core.table.commit(transaction).await {
            Ok(()) => {
                tracing::info!(%issue_id, generation = further.generation, "late recipients get a further run");
                return Ok(Some(further));
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(HandleError::Transient(
        "the issue keeps changing".to_owned(),
    ))
}

/// Whether the issue is for one of `recipients` on whom there is no claim.
async fn passes_over_any(
    core: &Core,
    issue: &Issue,
    recipients: &[Recipient],
) -> Result<bool, HandleError> {
    let addressed: Vec<_> = recipients
        .iter()
        .filter(|recipient| recipient.addressee(issue.published_at).is_some())
        .map(|recipient| recipient.subscriber_id)
        .collect();
    let claimed = claims::count_among(&core.table, issue.issue_id, &addressed).await?;
    Ok(claimed < addressed.len())
}
