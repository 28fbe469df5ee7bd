//! Delivery reports recipients to whom something other than an accepted mail
//! happened.

use std::collections::HashMap;

use dynamo::MAX_ACTIONS;
use uuid::Uuid;

use crate::{
    app::AppState,
    domain::{
        Membership, SubscriberId,
        exception::{Exception, Recorded},
        issue::Issue,
    },
    store::{Decision, StoreError, exceptions::RecordExceptions, until_settled},
};

/// The most exceptions that fit into one transaction beside their count.
const MAX_EXCEPTIONS: usize = MAX_ACTIONS - 1;

/// Stores those of `exceptions`, all of one issue and shard, that are news.
/// Idempotent and in whatever order records come: of one recipient the record
/// with the greatest row stays. A report that is worked off in part is worked
/// off again as a whole.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn record_exceptions(
    app: &AppState,
    issue_id: Uuid,
    shard: u16,
    exceptions: Vec<Exception>,
) -> Result<(), StoreError> {
    let Some(issue) = app.store.issue(issue_id).await? else {
        // An issue is stored before anybody hears of it: this one is from
        // another table, and no repetition would help.
        tracing::warn!(%issue_id, "exceptions of an unknown issue");
        return Ok(());
    };
    for chunk in last_of_each(exceptions).chunks(MAX_EXCEPTIONS) {
        until_settled(|| attempt(app, &issue, shard, chunk)).await?;
    }
    Ok(())
}

/// Of each recipient what stands there last.
fn last_of_each(exceptions: Vec<Exception>) -> Vec<Exception> {
    let mut last = HashMap::with_capacity(exceptions.len());
    for exception in exceptions {
        last.insert(exception.subscriber_id, exception);
    }
    last.into_values().collect()
}

async fn attempt(
    app: &AppState,
    issue: &Issue,
    shard: u16,
    chunk: &[Exception],
) -> Result<(), StoreError> {
    let ids: Vec<_> = chunk.iter().map(|it| it.subscriber_id).collect();
    let known = app.store.exceptions_among(issue.id, &ids).await?;
    let known: HashMap<_, _> = known.into_iter().map(|it| (it.subscriber_id, it)).collect();
    let mut counted = app.store.recorded_of(issue.id, shard).await?;
    let mut news = Vec::new();
    let mut first_time = Vec::new();
    for exception in chunk {
        let known = known.get(&exception.subscriber_id);
        if !exception.is_news(known) {
            continue;
        }
        counted.recorded.count(known, exception.outcome);
        if known.is_none() {
            first_time.push(exception.subscriber_id);
        }
        news.push((exception.clone(), known.map(|known| known.row)));
    }
    if news.is_empty() {
        return Ok(());
    }
    count_others(app, issue, &first_time, &mut counted.recorded).await?;
    let decision = Decision::new().write(RecordExceptions {
        issue_id: issue.id,
        counted,
        exceptions: news,
    });
    Ok(app.store.commit(decision).await?)
}

/// Counts those of `ids` for whom the issue was not, as far as is known here.
async fn count_others(
    app: &AppState,
    issue: &Issue,
    ids: &[SubscriberId],
    recorded: &mut Recorded,
) -> Result<(), StoreError> {
    let there = app.store.subscribers_among(ids).await?;
    let there: HashMap<_, _> = there.into_iter().map(|it| (it.id, it)).collect();
    for id in ids {
        let membership = match (there.get(id), issue.epoch) {
            (Some(subscriber), Some(epoch)) => subscriber.membership(epoch),
            _ => Membership::Forgotten,
        };
        match membership {
            Membership::In => {}
            Membership::Out => recorded.beyond += 1,
            Membership::Forgotten => recorded.uncertain += 1,
        }
    }
    Ok(())
}
