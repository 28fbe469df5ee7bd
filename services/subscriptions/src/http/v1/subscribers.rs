//! `GET /v1/subscribers`, `GET /v1/subscribers/{id}`,
//! `DELETE /v1/subscribers/{id}`

use axum::{
    Json,
    extract::{RawQuery, State},
    http::StatusCode,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::paging::PageQuery;
use crate::{
    domain::{Subscriber, SubscriberId, SubscriberStatus},
    http::{Problem, Shared, admin::id::Id},
    store::SubscriberPlace,
    use_cases::{
        erase_subscriber::erase_subscriber, list_subscribers::list_subscribers,
        show_subscriber::show_subscriber,
    },
};

/// Where a subscriber stands; only the confirmed get issues.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SubscriberStatus)]
pub(crate) enum Status {
    Pending,
    Confirmed,
    Unsubscribed,
    Bounced,
    Complained,
}

impl From<SubscriberStatus> for Status {
    fn from(status: SubscriberStatus) -> Self {
        match status {
            SubscriberStatus::Pending => Self::Pending,
            SubscriberStatus::Confirmed => Self::Confirmed,
            SubscriberStatus::Unsubscribed => Self::Unsubscribed,
            SubscriberStatus::Bounced => Self::Bounced,
            SubscriberStatus::Complained => Self::Complained,
        }
    }
}

/// Somebody who asked for the newsletter, or was imported.
#[derive(Serialize, ToSchema)]
#[schema(as = Subscriber, example = json!({
    "id": "9a4b2b1e-0d5b-4c86-9a64-c2a8f3f0a7d2",
    "email": "ursula@example.com",
    "name": "Ursula",
    "status": "confirmed",
    "subscribed_at": "2026-11-01T18:30:00Z",
    "confirmed_at": "2026-11-01T18:31:07.5Z"
}))]
pub(crate) struct SubscriberBody {
    /// Names the subscriber.
    id: Uuid,
    /// The address as it was typed.
    #[schema(format = Email)]
    email: String,
    /// The name as it was typed.
    name: String,
    /// Where they stand.
    status: Status,
    /// When they asked.
    subscribed_at: Timestamp,
    /// When they confirmed since.
    confirmed_at: Option<Timestamp>,
}

/// A page of subscribers.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubscriberList {
    /// The subscribers, who subscribed last first.
    items: Vec<SubscriberBody>,
    /// The `cursor` of the next page; null after the last one.
    next_cursor: Option<String>,
}

impl From<Subscriber> for SubscriberBody {
    fn from(subscriber: Subscriber) -> Self {
        Self {
            id: subscriber.id.0,
            email: subscriber.email.as_str().to_owned(),
            name: subscriber.name.as_str().to_owned(),
            status: subscriber.status.into(),
            subscribed_at: subscriber.subscribed_at,
            confirmed_at: subscriber.confirmed_at,
        }
    }
}

/// List subscribers
///
/// All, or those of one status, who subscribed last first.
#[utoipa::path(
    get,
    path = "/v1/subscribers",
    tag = "subscribers",
    operation_id = "listSubscribers",
    params(
        ("status" = inline(Option<Status>), Query, description = "Only those who stand there."),
        PageQuery,
    ),
    responses(
        (status = 200, description = "A page of subscribers.", body = SubscriberList),
        (status = 400, description = "The status, the limit or the cursor is invalid."),
    )
)]
pub(crate) async fn list(
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Json<SubscriberList>, Problem> {
    let query = PageQuery::read(query.as_deref())?;
    let status = query.parsed(
        "status",
        SubscriberStatus::parse,
        "There is no such status.",
    )?;
    let after = query.after(SubscriberPlace::parse)?;
    let page = list_subscribers(&app, status, after.as_ref(), query.limit).await?;
    Ok(Json(SubscriberList {
        items: page.items.into_iter().map(SubscriberBody::from).collect(),
        next_cursor: page.next.map(|place| place.to_string()),
    }))
}

/// Read a subscriber
#[utoipa::path(
    get,
    path = "/v1/subscribers/{id}",
    tag = "subscribers",
    operation_id = "getSubscriber",
    params(("id" = Uuid, Path, description = "The subscriber's id.")),
    responses(
        (status = 200, description = "The subscriber.", body = SubscriberBody),
        (status = 404, description = "There is no such subscriber."),
    )
)]
pub(crate) async fn show(
    State(app): State<Shared>,
    Id(id): Id,
) -> Result<Json<SubscriberBody>, Problem> {
    let subscriber = show_subscriber(&app, SubscriberId(id)).await?;
    let subscriber = subscriber.ok_or_else(Problem::not_found)?;
    Ok(Json(subscriber.into()))
}

/// Erase a subscriber
///
/// Address, name and history are gone at once, and links in mails that they
/// have do nothing any more. Of an address that bounced or complained a keyed
/// hash stays, so that an import does not mail it again.
#[utoipa::path(
    delete,
    path = "/v1/subscribers/{id}",
    tag = "subscribers",
    operation_id = "eraseSubscriber",
    params(("id" = Uuid, Path, description = "The subscriber's id.")),
    responses(
        (status = 204, description = "The subscriber is erased."),
        (status = 404, description = "There is no such subscriber."),
    )
)]
pub(crate) async fn erase(State(app): State<Shared>, Id(id): Id) -> Result<StatusCode, Problem> {
    if erase_subscriber(&app, SubscriberId(id)).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}
