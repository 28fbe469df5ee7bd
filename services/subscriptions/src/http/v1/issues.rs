//! `GET /v1/issues`, `GET /v1/issues/{id}`

use axum::{
    Json,
    extract::{RawQuery, State},
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::paging::PageQuery;
use crate::{
    domain::issue::{Counts, Issue, IssueStatus},
    http::{Problem, Shared, admin::id::Id},
    store::issues::IssuePlace,
    use_cases::{list_issues::list_issues, show_issue::show_issue},
};

/// Where an issue stands; `cancelled` and `delivered` are final.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IssueStatus)]
pub(crate) enum Status {
    Queued,
    Sending,
    Paused,
    Cancelled,
    Delivered,
}

impl From<IssueStatus> for Status {
    fn from(status: IssueStatus) -> Self {
        match status {
            IssueStatus::Queued => Self::Queued,
            IssueStatus::Sending => Self::Sending,
            IssueStatus::Paused => Self::Paused,
            IssueStatus::Cancelled => Self::Cancelled,
            IssueStatus::Delivered => Self::Delivered,
        }
    }
}

/// An issue, and how its sending goes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Issue, example = json!({
    "id": "5f1c9a5e-53c3-4b0e-9d3f-0b1d6b7f6a11",
    "title": "The first issue",
    "status": "delivered",
    "published_at": "2026-11-02T09:00:00Z",
    "finished_at": "2026-11-02T09:04:10.25Z",
    "reason": null,
    "counts": {
        "recipients": 100, "pending": 0, "accepted": 97, "failed": 1, "suppressed": 1,
        "skipped": 1, "held": 0, "bounced": 2, "complained": 0
    }
}))]
pub(crate) struct IssueBody {
    /// Names the issue.
    id: Uuid,
    /// The mail's subject.
    title: String,
    /// Where it stands, by delivery's last report.
    status: Status,
    /// When it was published.
    published_at: Timestamp,
    /// When the last recipient was settled.
    finished_at: Option<Timestamp>,
    /// Why it is paused.
    reason: Option<String>,
    /// Its recipients by outcome.
    counts: CountsBody,
}

/// Recipients by outcome. `recipients` is the sum of `pending`, `accepted`,
/// `failed`, `suppressed`, `skipped` and `held`; the bounced and the complained
/// are among the accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Counts)]
pub(crate) struct CountsBody {
    /// Everybody the issue is for.
    recipients: u64,
    /// Not yet attempted.
    pending: u64,
    /// Taken over by the mail side.
    accepted: u64,
    /// Refused for good.
    failed: u64,
    /// Not attempted: the address bounced or complained before.
    suppressed: u64,
    /// Not attempted: unsubscribed or erased before, or the issue was cancelled.
    skipped: u64,
    /// Attempted, and nobody knows whether the mail left.
    held: u64,
    /// Accepted, and came back.
    bounced: u64,
    /// Accepted, and marked as spam.
    complained: u64,
}

/// A page of issues.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IssueList {
    /// The issues, the newest first.
    items: Vec<IssueBody>,
    /// The `cursor` of the next page; null after the last one.
    next_cursor: Option<String>,
}

impl From<Issue> for IssueBody {
    fn from(issue: Issue) -> Self {
        Self {
            id: issue.id,
            title: issue.title.to_string(),
            status: issue.status.into(),
            published_at: issue.published_at,
            finished_at: issue.finished_at,
            reason: issue.reason,
            counts: issue.counts.into(),
        }
    }
}

impl From<Counts> for CountsBody {
    fn from(counts: Counts) -> Self {
        Self {
            recipients: counts.recipients,
            pending: counts.pending,
            accepted: counts.accepted,
            failed: counts.failed,
            suppressed: counts.suppressed,
            skipped: counts.skipped,
            held: counts.held,
            bounced: counts.bounced,
            complained: counts.complained,
        }
    }
}

/// Read an issue
///
/// How its sending goes, by delivery's last report.
#[utoipa::path(
    get,
    path = "/v1/issues/{id}",
    tag = "issues",
    operation_id = "getIssue",
    params(("id" = Uuid, Path, description = "The issue's id.")),
    responses(
        (status = 200, description = "The issue.", body = IssueBody),
        (status = 404, description = "There is no such issue."),
    )
)]
pub(crate) async fn show(
    State(app): State<Shared>,
    Id(id): Id,
) -> Result<Json<IssueBody>, Problem> {
    let issue = show_issue(&app, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(issue.into()))
}

/// List issues
///
/// All that were ever published, the newest first.
#[utoipa::path(
    get,
    path = "/v1/issues",
    tag = "issues",
    operation_id = "listIssues",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of issues.", body = IssueList),
        (status = 400, description = "The limit or the cursor is invalid."),
    )
)]
pub(crate) async fn list(
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Json<IssueList>, Problem> {
    let query = PageQuery::read(query.as_deref())?;
    let after = query.after(IssuePlace::parse)?;
    let page = list_issues(&app, after.as_ref(), query.limit).await?;
    Ok(Json(IssueList {
        items: page.issues.into_iter().map(IssueBody::from).collect(),
        next_cursor: page.next.map(|place| place.to_string()),
    }))
}
