//! The subset of Mailpit's API that its clients use.
//! Source: <https://mailpit.axllent.org/docs/api-v1/view.html>

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::header,
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};

use super::{Console, DEFAULT_LIMIT, error::ConsoleError};
use crate::mailbox::{Headers, Message, Page, Search, Summary};

const BAD_NUMBER: &str = "start and limit are whole numbers from 0.";

/// What a list is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    start: u32,
    limit: Option<u32>,
    query: Option<String>,
}

/// A list as Mailpit answers it.
#[derive(Debug, Serialize)]
pub(super) struct ListAnswer {
    /// Mails in the mailbox.
    total: u64,
    /// Of these, unread.
    unread: u64,
    /// Mails in this answer.
    count: usize,
    /// Mails that match.
    messages_count: u64,
    /// Of these, unread.
    messages_unread: u64,
    start: u32,
    tags: [String; 0],
    messages: Vec<Summary>,
}

/// `GET /api/v1/messages`: all mails.
pub(super) async fn list(
    State(console): State<Console>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<ListAnswer>, ConsoleError> {
    let Query(query) = query.map_err(|_| ConsoleError::BadRequest(BAD_NUMBER))?;
    answer(&console, Search::default(), &query).await
}

/// `GET /api/v1/search`: the mails that match.
pub(super) async fn search(
    State(console): State<Console>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<ListAnswer>, ConsoleError> {
    let Query(query) = query.map_err(|_| ConsoleError::BadRequest(BAD_NUMBER))?;
    let search = Search::parse(query.query.as_deref().unwrap_or_default());
    if search.is_everything() {
        return Err(ConsoleError::BadRequest("There is no search query."));
    }
    answer(&console, search, &query).await
}

async fn answer(
    console: &Console,
    search: Search,
    query: &ListQuery,
) -> Result<Json<ListAnswer>, ConsoleError> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let Page { messages, totals } = console.mailbox.list(search, query.start, limit).await?;
    Ok(Json(ListAnswer {
        total: totals.all,
        unread: totals.unread,
        count: messages.len(),
        messages_count: totals.matching,
        messages_unread: totals.matching_unread,
        start: query.start,
        tags: [],
        messages,
    }))
}

/// `GET /api/v1/message/{ID}`: a mail, which is read by that.
pub(super) async fn message(
    State(console): State<Console>,
    Path(id): Path<String>,
) -> Result<Json<Message>, ConsoleError> {
    let message = console.mailbox.message(&id).await?;
    message.map(Json).ok_or(ConsoleError::NotFound)
}

/// `GET /api/v1/message/{ID}/headers`: canonical names, each with its values.
pub(super) async fn headers(
    State(console): State<Console>,
    Path(id): Path<String>,
) -> Result<Json<Headers>, ConsoleError> {
    let headers = console.mailbox.headers(&id).await?;
    headers.map(Json).ok_or(ConsoleError::NotFound)
}

/// `GET /api/v1/message/{ID}/raw`: the mail as it went over the wire.
pub(super) async fn raw(
    State(console): State<Console>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, ConsoleError> {
    let raw = console
        .mailbox
        .raw(&id)
        .await?
        .ok_or(ConsoleError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], raw))
}

/// Which mails to delete.
#[derive(Debug, Default, Deserialize)]
struct DeleteBody {
    #[serde(rename = "IDs", default)]
    ids: Vec<String>,
}

/// `DELETE /api/v1/messages`: the mails named in the body, or all of them.
/// Mailpit takes a body that it cannot read for "all"; this does not.
pub(super) async fn delete(
    State(console): State<Console>,
    body: Bytes,
) -> Result<&'static str, ConsoleError> {
    let body = if body.trim_ascii().is_empty() {
        DeleteBody::default()
    } else {
        serde_json::from_slice(&body)
            .map_err(|_| ConsoleError::BadRequest("The body is not {\"IDs\": […]}."))?
    };
    console.mailbox.delete(body.ids).await?;
    Ok("ok")
}
