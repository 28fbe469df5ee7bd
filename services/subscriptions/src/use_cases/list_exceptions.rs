//! Who failed, was suppressed or skipped, or is held.

use uuid::Uuid;

use crate::{
    app::AppState,
    domain::exception::{Exception, ExceptionOutcome},
    store::{StoreError, exceptions::ExceptionPlace},
};

/// Some exceptions, in the order of their places.
#[derive(Debug)]
pub(crate) struct ExceptionPage {
    /// The exceptions.
    pub(crate) items: Vec<Exception>,
    /// Where to go on; none after the last one.
    pub(crate) next: Option<ExceptionPlace>,
}

/// At most `limit` exceptions of an issue, of one outcome or of any; those
/// behind the place `after`. None if there is no such issue. The lists of the
/// shards are read one after the other, and only those that have any.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn list_exceptions(
    app: &AppState,
    issue_id: Uuid,
    outcome: Option<ExceptionOutcome>,
    after: Option<&ExceptionPlace>,
    limit: u16,
) -> Result<Option<ExceptionPage>, StoreError> {
    if app.store.issue(issue_id).await?.is_none() {
        return Ok(None);
    }
    // One more than asked for tells whether there is a next page.
    let wanted = usize::from(limit) + 1;
    let mut items = Vec::new();
    let begin = after.map_or(0, |after| after.shard);
    let shards = app.store.recorded(issue_id).await?.into_iter();
    for shard in shards.map(|it| it.shard).filter(|shard| *shard >= begin) {
        let mut after = after.copied().filter(|after| after.shard == shard);
        while items.len() < wanted {
            let store = &app.store;
            let size = limit.saturating_add(1);
            let page = store.exceptions(issue_id, shard, outcome, after.as_ref(), size);
            let page = page.await?;
            after = page.items.last().map(ExceptionPlace::of);
            items.extend(page.items);
            if page.next.is_none() || after.is_none() {
                break;
            }
        }
    }
    let goes_on = items.len() >= wanted;
    items.truncate(usize::from(limit));
    let last = items.last().map(ExceptionPlace::of);
    let next = last.filter(|_| goes_on);
    Ok(Some(ExceptionPage { items, next }))
}
