//! Subscribers confirmed, were imported, unsubscribed or were erased.

use std::collections::HashMap;

use dynamo::{MAX_ACTIONS, Transaction};
use outbox::HandleError;
use uuid::Uuid;

use super::{MAX_DECISIONS, late_recipients};
use crate::{
    app::Core,
    domain::recipient::{Recipient, project},
    store::recipients,
};

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
    let mut present = Vec::with_capacity(changes.len());
    for group in groups(changes) {
        present.extend(apply(core, group).await?);
    }
    late_recipients::send_them_recent_issues(core, &present).await
}

/// `changes` in groups that fit into one transaction each: one action for each
/// subscriber, of whom the newest change counts.
fn groups(changes: Vec<Recipient>) -> Vec<Vec<Recipient>> {
    let mut newest: HashMap<Uuid, Recipient> = HashMap::with_capacity(changes.len());
    for change in changes {
        if let Some(newer) = project(newest.get(&change.subscriber_id), change) {
            newest.insert(newer.subscriber_id, newer);
        }
    }
    let mut changes: Vec<_> = newest.into_values().collect();
    // Two messages about the same subscribers meet in the same order.
    changes.sort_unstable_by_key(|change| change.subscriber_id);
    changes.chunks(MAX_ACTIONS).map(<[_]>::to_vec).collect()
}

/// Applies the changes of one transaction; answers what is in the projection
/// afterwards.
async fn apply(core: &Core, changes: Vec<Recipient>) -> Result<Vec<Recipient>, HandleError> {
    let ids: Vec<_> = changes.iter().map(|change| change.subscriber_id).collect();
    for _ in 0..MAX_DECISIONS {
        let mut present = recipients::find_many(&core.table, &ids).await?;
        let mut transaction = Transaction::new();
        let mut changed = Vec::new();
        for change in &changes {
            let before = present.get(&change.subscriber_id);
            if let Some(change) = project(before, change.clone()) {
                recipients::write(&mut transaction, &change, before);
                changed.push(change);
            }
        }
        match core.table.commit(transaction).await {
            Ok(()) => {
                log(&changed);
                let changed = changed.into_iter().map(|one| (one.subscriber_id, one));
                present.extend(changed);
                return Ok(present.into_values().collect());
            }
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(HandleError::Transient(
        "the recipients keep changing".to_owned(),
    ))
}

fn log(changed: &[Recipient]) {
    match changed {
        [] => {}
        [one] => tracing::info!(
            subscriber_id = %one.subscriber_id,
            version = one.version,
            active = one.confirmed_at().is_some(),
            "recipient projected"
        ),
        many => tracing::info!(recipients = many.len(), "recipients projected"),
    }
}
