//! `GET /v1/issues/{id}/exceptions`,
//! `GET /v1/issues/{id}/recipients/{subscriber_id}`

use axum::{
    Json,
    extract::{Path, RawQuery, State},
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::paging::PageQuery;
use crate::{
    domain::{
        SubscriberId,
        exception::{Exception, ExceptionOutcome},
        recipient::{Fate, RecipientOutcome},
    },
    http::{Problem, Shared, admin::id::Id},
    store::exceptions::ExceptionPlace,
    use_cases::{list_exceptions::list_exceptions, show_recipient::show_recipient},
};

/// What happened instead of an accepted mail.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExceptionOutcome)]
#[expect(dead_code, reason = "only the description needs it")]
pub(crate) enum Outcome {
    Failed,
    Suppressed,
    Skipped,
    Held,
}

/// What became of an issue for one subscriber.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RecipientOutcome)]
pub(crate) enum AnyOutcome {
    Accepted,
    Failed,
    Suppressed,
    Skipped,
    Held,
    Pending,
    NotARecipient,
    Unknown,
}

impl From<RecipientOutcome> for AnyOutcome {
    fn from(outcome: RecipientOutcome) -> Self {
        match outcome {
            RecipientOutcome::Accepted => Self::Accepted,
            RecipientOutcome::Failed => Self::Failed,
            RecipientOutcome::Suppressed => Self::Suppressed,
            RecipientOutcome::Skipped => Self::Skipped,
            RecipientOutcome::Held => Self::Held,
            RecipientOutcome::Pending => Self::Pending,
            RecipientOutcome::NotARecipient => Self::NotARecipient,
            RecipientOutcome::Unknown => Self::Unknown,
        }
    }
}

/// Somebody who did not simply get the issue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Exception, example = json!({
    "subscriber_id": "9a4b2b1e-0d5b-4c86-9a64-c2a8f3f0a7d2",
    "outcome": "held",
    "reason": "no answer from the mail side",
    "at": "2026-11-02T09:00:07Z"
}))]
pub(crate) struct ExceptionBody {
    /// Names the subscriber, who may have been erased since.
    subscriber_id: Uuid,
    /// What happened.
    #[schema(value_type = Outcome)]
    outcome: &'static str,
    /// Why.
    reason: String,
    /// When.
    at: Timestamp,
}

/// A page of exceptions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExceptionList {
    /// The exceptions, in no order that means anything.
    items: Vec<ExceptionBody>,
    /// The `cursor` of the next page; null after the last one.
    next_cursor: Option<String>,
}

/// What became of an issue for one subscriber.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Recipient, example = json!({"outcome": "accepted", "reason": null, "at": null}))]
pub(crate) struct RecipientBody {
    /// What became of it.
    outcome: AnyOutcome,
    /// Why; null where there is nothing to say.
    reason: Option<String>,
    /// When; null where that is not kept.
    at: Option<Timestamp>,
}

impl From<Exception> for ExceptionBody {
    fn from(exception: Exception) -> Self {
        Self {
            subscriber_id: exception.subscriber_id.0,
            outcome: exception.outcome.as_str(),
            reason: exception.reason,
            at: exception.at,
        }
    }
}

impl From<Fate> for RecipientBody {
    fn from(fate: Fate) -> Self {
        Self {
            outcome: fate.outcome.into(),
            reason: fate.reason,
            at: fate.at,
        }
    }
}

/// List exceptions
///
/// Who failed, was suppressed or skipped, or is held: all, or those of one
/// outcome.
#[utoipa::path(
    get,
    path = "/v1/issues/{id}/exceptions",
    tag = "issues",
    operation_id = "listExceptions",
    params(
        ("id" = Uuid, Path, description = "The issue's id."),
        ("outcome" = inline(Option<Outcome>), Query, description = "Only those of this outcome."),
        PageQuery,
    ),
    responses(
        (status = 200, description = "A page of exceptions.", body = ExceptionList),
        (status = 400, description = "The outcome, the limit or the cursor is invalid."),
        (status = 404, description = "There is no such issue."),
    )
)]
pub(crate) async fn list(
    State(app): State<Shared>,
    Id(id): Id,
    RawQuery(query): RawQuery,
) -> Result<Json<ExceptionList>, Problem> {
    let query = PageQuery::read(query.as_deref())?;
    let outcome = query.parsed(
        "outcome",
        ExceptionOutcome::parse,
        "The outcome has to be failed, suppressed, skipped or held.",
    )?;
    let of_this_list =
        |text: &str| ExceptionPlace::parse(text).filter(|place| place.is_of(outcome));
    let after = query.after(of_this_list)?;
    let page = list_exceptions(&app, id, outcome, after.as_ref(), query.limit).await?;
    let page = page.ok_or_else(Problem::not_found)?;
    Ok(Json(ExceptionList {
        items: page.items.into_iter().map(ExceptionBody::from).collect(),
        next_cursor: page.next.map(|place| place.to_string()),
    }))
}

/// What happened to one recipient
///
/// `pending` until the issue is delivered or cancelled, unless there is an
/// exception; `unknown` as long as the two services do not count the same
/// recipients or exceptions. Nothing is known of somebody who was erased and is
/// no exception.
#[utoipa::path(
    get,
    path = "/v1/issues/{id}/recipients/{subscriber_id}",
    tag = "issues",
    operation_id = "getRecipient",
    params(
        ("id" = Uuid, Path, description = "The issue's id."),
        ("subscriber_id" = Uuid, Path, description = "The subscriber's id."),
    ),
    responses(
        (status = 200, description = "What happened.", body = RecipientBody),
        (status = 404, description = "There is no such issue or subscriber."),
    )
)]
pub(crate) async fn recipient(
    State(app): State<Shared>,
    Path((id, subscriber_id)): Path<(String, String)>,
) -> Result<Json<RecipientBody>, Problem> {
    // What can be no id is as good as one that nobody has.
    let (Ok(id), Ok(subscriber_id)) = (id.parse(), subscriber_id.parse()) else {
        return Err(Problem::not_found());
    };
    let fate = show_recipient(&app, id, SubscriberId(subscriber_id)).await?;
    Ok(Json(fate.ok_or_else(Problem::not_found)?.into()))
}
