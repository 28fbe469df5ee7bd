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
    let page = app.store.issues(after, limit).await?;
    let next = match page.next {
        Some(_) => page.items.last().map(IssuePlace::of),
        None => None,
    };
    Ok(IssuePage {
        issues: page.items,
        next,
    })
}
