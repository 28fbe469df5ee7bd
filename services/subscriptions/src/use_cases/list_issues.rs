//! The past issues.

use crate::{
    app::AppState,
    domain::issue::Issue,
    store::{StoreError, issues::IssuePlace},
};

/// Some issues, the newest first.
#[derive(Debug)]
pub(crate) struct IssuePage {
    /// The issues.
    pub(crate) issues: Vec<Issue>,
    /// Where to go on; none after the last one.
    pub(crate) next: Option<IssuePlace>,
}

/// At most `limit` of the issues that were published before `after`.
pub(crate) async fn list_issues(
    app: &AppState,
    after: Option<&IssuePlace>,
    limit: u16,
) -> Result<IssuePage, StoreError> {
    let limit_items = usize::from(limit);
    // One more than asked for tells whether there is a next page.
    let page = app.store.issues(after, limit.saturating_add(1)).await?;
    let goes_on = page.next.is_some() || page.items.len() > limit_items;
    let mut issues = page.items;
    issues.truncate(limit_items);
    let last = issues.last().map(IssuePlace::of);
    let next = last.filter(|_| goes_on);
    Ok(IssuePage { issues, next })
}
