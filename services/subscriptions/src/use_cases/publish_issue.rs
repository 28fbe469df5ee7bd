//! An issue is published: everybody confirmed by now gets it.

use contracts::{
    ContentHash, Personal,
    events::{IssuePublishedV1, IssuePublishedV2},
};
use outbox::{EventTooLarge, OutboxEvent};
use uuid::Uuid;

use crate::{
    app::AppState,
    domain::{draft::Draft, idempotency_key::IdempotencyKey, issue::Issue},
    store::{Decision, StoreError, audience::NextEpoch, issues::PublishIssue, until_settled},
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
    let whole = app.store.whole_audience().await?;
    let now = whole.moment(app.clock.now());
    let id = app.randomness.uuid();
    let issue = Issue::published(id, draft.title.clone(), whole.audience(), now);
    let issue_id = issue.id;
    let [v1, v2] = announcements(app, &issue, draft)?;
    let decision = Decision::new()
        .write(PublishIssue {
            issue,
            draft: draft.clone(),
            author,
            key: key.clone(),
        })
        .write(NextEpoch { whole, at: now })
        .event(v1)
        .event(v2);
    app.store.commit(decision).await?;
    tracing::info!(%issue_id, user_id = %author, "an issue was published");
    Ok(Published {
        issue_id,
        differs: false,
    })
}

/// The same issue in both versions of the event, for as long as somebody reads
/// the older one. Either both fit on the bus, or the larger tells by how much not.
fn announcements(
    app: &AppState,
    issue: &Issue,
    draft: &Draft,
) -> Result<[OutboxEvent; 2], EventTooLarge> {
    let v1 = IssuePublishedV1 {
        issue_id: issue.id,
        title: draft.title.to_string(),
        html_content: draft.html_content.clone(),
        text_content: draft.text_content.clone(),
        published_at: issue.published_at,
    };
    let v2 = IssuePublishedV2 {
        issue_id: v1.issue_id,
        title: v1.title.clone(),
        preheader: draft.preheader.as_ref().map(|it| it.as_str().to_owned()),
        sender_name: draft
            .sender_name
            .as_ref()
            .map(|it| Personal::new(it.as_str())),
        content_sha256: ContentHash::of(&v1.title, &v1.html_content, &v1.text_content),
        html_content: v1.html_content.clone(),
        text_content: v1.text_content.clone(),
        published_at: v1.published_at,
    };
    // v2 has all that v1 has, and more: it is the larger one.
    let v2 = app.event(v2, issue.published_at)?;
    let v1 = app.event(v1, issue.published_at)?;
    Ok([v1, v2])
}
