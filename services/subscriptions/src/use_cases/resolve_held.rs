//! An admin decides about recipients whose mail may or may not have left.

use contracts::events::{
    AllHeld, HeldAction as EventAction, HeldSelection, IssueHeldResolutionRequestedV1,
};
use uuid::Uuid;

use crate::{
    app::AppState,
    domain::{SubscriberId, issue::NotPossible},
    store::{Decision, StoreError, issues::SaveIssue, until_settled},
};

/// What becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldAction {
    /// Send again, which may mail somebody twice.
    Resend,
    /// Give it up: they count as failed.
    Drop,
}

/// Which of the held are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Held {
    /// All that are held when delivery hears of it.
    All,
    /// Those of these who are.
    These(Vec<SubscriberId>),
}

/// Tells delivery what `user_id` decided; or why that cannot be decided now.
/// None if there is no such issue.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn resolve_held(
    app: &AppState,
    user_id: Uuid,
    issue_id: Uuid,
    action: HeldAction,
    held: &Held,
) -> Result<Option<Result<(), NotPossible>>, StoreError> {
    until_settled(|| attempt(app, user_id, issue_id, action, held)).await
}

async fn attempt(
    app: &AppState,
    user_id: Uuid,
    issue_id: Uuid,
    action: HeldAction,
    held: &Held,
) -> Result<Option<Result<(), NotPossible>>, StoreError> {
    let Some(issue) = app.store.issue(issue_id).await? else {
        return Ok(None);
    };
    let decided = match issue.decide_on_held(action == HeldAction::Resend) {
        Ok(decided) => decided,
        Err(refused) => return Ok(Some(Err(refused))),
    };
    let event = IssueHeldResolutionRequestedV1 {
        issue_id,
        version: decided.held_version,
        action: match action {
            HeldAction::Resend => EventAction::Resend,
            HeldAction::Drop => EventAction::Drop,
        },
        subscriber_ids: match held {
            Held::All => HeldSelection::All(AllHeld::All),
            Held::These(ids) => HeldSelection::These(ids.iter().map(|id| id.0).collect()),
        },
    };
    let decision = Decision::new()
        .event(app.event(event, app.clock.now())?)
        .write(SaveIssue(decided));
    app.store.commit(decision).await?;
    tracing::info!(%issue_id, %user_id, ?action, "held recipients were decided upon");
    Ok(Some(Ok(())))
}
