//! Subscribers confirmed, were imported, unsubscribed or were erased.

mod projection;

use std::collections::HashMap;

use dynamo::MAX_ACTIONS;
use outbox::HandleError;
use uuid::Uuid;

use self::projection::{Changed, Projection};
use super::{MAX_DECISIONS, start::start};
use crate::{
    app::Core,
    domain::{
        recipient::{Recipient, project},
        shard::Shard,
    },
};

/// Applies `changes` to the projection, each if it is news, in one transaction
/// with what it means for the issues in the heads.
///
/// The subscriber's version makes it idempotent: there is no memory of seen
/// events here.
pub(crate) async fn project_subscribers(
    core: &Core,
    changes: Vec<Recipient>,
) -> Result<(), HandleError> {
    let mut newest: HashMap<Uuid, Recipient> = HashMap::with_capacity(changes.len());
    for change in changes {
        let id = change.subscriber_id;
        if let Some(change) = project(newest.get(&id), change) {
            newest.insert(id, change);
        }
    }
    let mut changes: Vec<_> = newest.into_values().collect();
    // Those of one shard together; two messages about the same subscribers meet
    // in the same order.
    changes.sort_unstable_by_key(|change| {
        let id = change.subscriber_id;
        (Shard::of(id), id)
    });
    let mut groups = vec![changes.as_slice()];
    while let Some(group) = groups.pop() {
        if !apply(core, group).await? {
            let (first, second) = group.split_at(group.len() / 2);
            groups.extend([second, first]);
        }
    }
    Ok(())
}

/// Applies `changes` in one transaction; false if they do not fit into one.
async fn apply(core: &Core, changes: &[Recipient]) -> Result<bool, HandleError> {
    if changes.len() > MAX_ACTIONS {
        return Ok(false);
    }
    for _ in 0..MAX_DECISIONS {
        let mut projection = Projection::of(core, changes).await?;
        if projection.changed().is_empty() {
            projection.start_again(core).await?;
            return Ok(true);
        }
        projection.add_rows(core).await?;
        projection.write_items();
        if !projection.fits() && changes.len() > 1 {
            return Ok(false);
        }
        match projection.commit(core).await {
            Ok(()) => {
                note(projection.changed());
                for run in projection.runs() {
                    start(core, run).await?;
                }
                return Ok(true);
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(HandleError::Transient(
        "the recipients keep changing".to_owned(),
    ))
}

fn note(changed: &[Changed]) {
    match changed {
        [] => {}
        [(_, one)] => tracing::info!(
            subscriber_id = %one.subscriber_id,
            version = one.version,
            active = one.confirmed_at().is_some(),
            "recipient projected"
        ),
        many => tracing::info!(recipients = many.len(), "recipients projected"),
    }
}
