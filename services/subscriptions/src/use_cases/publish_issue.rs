//! An issue is published: everybody confirmed by now gets it.

use contracts::events::IssuePublishedV1;
use uuid::Uuid;

use crate::{
    app::AppState,
    domain::{draft::Draft, idempotency_key::IdempotencyKey, issue::Issue},
    store::{Decision, StoreError, issues::PublishIssue, until_settled},
};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Published {
    /// The issue, which an earlier request with the same key may have made.
    pub(crate) issue_id: Uuid,
    /// Whether that earlier request published something else.
    pub(crate) differs: bool,
}

/// Publishes `draft` on behalf of `author`, once for each of their keys, also
/// when the same request comes twice at the same moment.
///
/// # Errors
/// [`StoreError::TooLarge`] if the draft does not fit into an event.
pub(crate) async fn publish_issue(
    app: &AppState,
    author: Uuid,
    draft: &Draft,
    key: &IdempotencyKey,
) -> Result<Published, StoreError> {
    until_settled(|| attempt(app, author, draft, key)).await
}

async fn attempt(
    app: &AppState,
    author: Uuid,
    draft: &Draft,
    key: &IdempotencyKey,
) -> Result<Published, StoreError> {
    let now = app.clock.now();
    if let Some(earlier) = app.store.publication(author, key, now).await? {
        return Ok(Published {
            issue_id: earlier.issue_id,
            differs: earlier.digest != draft.digest(),
        });
    }
    let issue = Issue::published(app.randomness.uuid(), draft.title.clone(), now);
    let issue_id = issue.id;
    let event = IssuePublishedV1 {
        issue_id,
        title: draft.title.to_string(),
        html_content: draft.html_content.clone(),
        text_content: draft.text_content.clone(),
        published_at: now,
    };
    let decision = Decision::new()
        .write(PublishIssue {
            issue,
            draft: draft.clone(),
            author,
            key: key.clone(),
        })
        .event(app.event(event, now)?);
    app.store.commit(decision).await?;
    tracing::info!(%issue_id, user_id = %author, "an issue was published");
    Ok(Published {
        issue_id,
        differs: false,
    })
}
