//! Did somebody get an issue?

use uuid::Uuid;

use crate::{
    app::AppState,
    domain::{
        Membership, SubscriberId,
        exception::Recorded,
        issue::{Agreement, Issue},
        recipient::Fate,
    },
    store::StoreError,
};

/// What became of an issue for a subscriber; none if there is no such issue or
/// nothing is known of such a subscriber, who may have been erased. A recorded
/// exception is found by one read.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn show_recipient(
    app: &AppState,
    issue_id: Uuid,
    id: SubscriberId,
) -> Result<Option<Fate>, StoreError> {
    let Some(issue) = app.store.issue(issue_id).await? else {
        return Ok(None);
    };
    let subscriber = app.store.subscriber(id).await?;
    let agreement = agreement(app, &issue).await?;
    // Last: an exception that is recorded only now may be why both agree.
    if let Some(exception) = app.store.exception(issue_id, id).await? {
        return Ok(Some(Fate::recorded(exception)));
    }
    let Some(subscriber) = subscriber else {
        return Ok(None);
    };
    let epoch = issue.epoch;
    let membership = epoch.map_or(Membership::Forgotten, |epoch| subscriber.membership(epoch));
    Ok(Some(Fate::of(&issue, membership, agreement)))
}

/// Whether both services count the same recipients, once the issue is at its
/// end.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn agreement(
    app: &AppState,
    issue: &Issue,
) -> Result<Option<Agreement>, StoreError> {
    if !issue.status.is_final() {
        return Ok(None);
    }
    let shards = app.store.recorded(issue.id).await?.into_iter();
    let recorded = shards.fold(Recorded::default(), |sum, it| sum.and(it.recorded));
    Ok(issue.agreement(&recorded))
}
