//! Somebody confirmed, unsubscribed or was erased.

use dynamo::Transaction;
use futures::{StreamExt, TryStreamExt, stream};
use outbox::HandleError;

use super::{MAX_DECISIONS, late_recipients};
use crate::{
    app::Core,
    domain::recipient::{Recipient, project},
    store::recipients,
};

/// How many entries of an imported list are applied at a time.
const CONCURRENT_CHANGES: usize = 8;

/// Applies `changes` to the projection, each if it is news, and then makes
/// sure that issues which have passed these recipients still reach them.
///
/// Both halves are idempotent and both run on every delivery of the message: a
/// process can end between them. So there is no memory of seen events here;
/// the subscriber's version does its work.
pub(crate) async fn project_subscribers(
    core: &Core,
    changes: Vec<Recipient>,
) -> Result<(), HandleError> {
    let present: Vec<Recipient> = stream::iter(changes)
        .map(|change| apply(core, change))
        .buffer_unordered(CONCURRENT_CHANGES)
        .try_collect()
        .await?;
    late_recipients::send_them_recent_issues(core, &present).await
}

/// Applies one change; answers what is in the projection afterwards.
async fn apply(core: &Core, change: Recipient) -> Result<Recipient, HandleError> {
    for _ in 0..MAX_DECISIONS {
        let present = recipients::find(&core.table, change.subscriber_id).await?;
        let Some(changed) = project(present.as_ref(), change.clone()) else {
            return Ok(present.unwrap_or(change));
        };
        let mut transaction = Transaction::new();
        recipients::write(&mut transaction, &changed, present.as_ref());
        match core.table.commit(transaction).await {
            Ok(()) => {
                tracing::info!(
                    subscriber_id = %changed.subscriber_id,
                    version = changed.version,
                    active = changed.confirmed_at().is_some(),
                    "recipient projected"
                );
                return Ok(changed);
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(HandleError::Transient(
        "the recipient keeps changing".to_owned(),
    ))
}
