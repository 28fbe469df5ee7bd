//! The subset of Mailpit's API that its clients use.
//! Source: <https://mailpit.axllent.org/docs/api-v1/view.html>

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};

use super::{Console, DEFAULT_LIMIT, error::ConsoleError, segment::Segment};
use crate::mailbox::{Headers, Message, Page, Search, Summary};

const BAD_NUMBER: &str = "start and limit are whole numbers from 0.";

/// What a list is asked for.
#[derive(Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    start: String,
    #[serde(default)]
    limit: String,
    #[serde(default)]
    query: String,
}

impl ListQuery {
    fn start(&self) -> Result<u32, ConsoleError> {
        number(&self.start)
    }

    /// Nothing, and as in Mailpit 0 too, means [`DEFAULT_LIMIT`].
    fn limit(&self) -> Result<u32, ConsoleError> {
        match number(&self.limit)? {
            0 => Ok(DEFAULT_LIMIT),
            limit => Ok(limit),
        }
    }
}

/// A whole number; nothing is 0. Mailpit takes what is none for nothing; this
/// does not guess.
fn number(text: &str) -> Result<u32, ConsoleError> {
    if text.is_empty() {
        return Ok(0);
    }
    text.parse()
        .map_err(|_| ConsoleError::BadRequest(BAD_NUMBER))
}

/// A list as Mailpit answers it.
#[derive(Serialize)]
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
    let search = Search::parse(&query.query);
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
    let (start, limit) = (query.start()?, query.limit()?);
    let Page { messages, totals } = console.mailbox.list(search, start, limit).await?;
    Ok(Json(ListAnswer {
        total: totals.all,
        unread: totals.unread,
        count: messages.len(),
        messages_count: totals.matching,
        messages_unread: totals.matching_unread,
        start,
        tags: [],
        messages,
    }))
}

/// `GET /api/v1/message/{ID}`: a mail, which is read by that.
pub(super) async fn message(
    State(console): State<Console>,
    Segment(id): Segment<String>,
) -> Result<Json<Message>, ConsoleError> {
    let message = console.mailbox.message(&id).await?;
    message.map(Json).ok_or(ConsoleError::NotFound)
}

/// `GET /api/v1/message/{ID}/headers`: canonical names, each with its values.
pub(super) async fn headers(
    State(console): State<Console>,
    Segment(id): Segment<String>,
) -> Result<Json<Headers>, ConsoleError> {
    let headers = console.mailbox.headers(&id).await?;
    headers.map(Json).ok_or(ConsoleError::NotFound)
}

/// `GET /api/v1/message/{ID}/raw`: the mail as it went over the wire.
pub(super) async fn raw(
    State(console): State<Console>,
    Segment(id): Segment<String>,
) -> Result<impl IntoResponse, ConsoleError> {
    let raw = console
        .mailbox
        .raw(&id)
        .await?
        .ok_or(ConsoleError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], raw))
}

const BAD_DELETE: &str = "The body is neither empty nor {\"IDs\": […]}.";

/// Which mails to delete.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeleteBody {
    #[serde(rename = "IDs", default)]
    ids: Option<Vec<String>>,
}

/// `DELETE /api/v1/messages`: the mails named in the body, or all of them if
/// it names none. Mailpit takes a body that it cannot read for "all"; this
/// does not: a slip of a client would empty the mailbox.
pub(super) async fn delete(
    State(console): State<Console>,
    body: Bytes,
) -> Result<&'static str, ConsoleError> {
    let ids = to_delete(body.trim_ascii()).ok_or(ConsoleError::BadRequest(BAD_DELETE))?;
    console.mailbox.delete(ids).await?;
    Ok("ok")
}

/// The mails that `body` names, none for all; `None` if it cannot be read.
fn to_delete(body: &[u8]) -> Option<Vec<String>> {
    let body: DeleteBody = match body.first() {
        None => DeleteBody::default(),
        Some(b'{') => serde_json::from_slice(body).ok()?,
        // serde takes an array for an object's fields in their order.
        Some(_) => return None,
    };
    Some(body.ids.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_body_that_names_nothing_deletes_everything() {
        for all in ["", "{}", r#"{"IDs":[]}"#, r#"{"IDs":null}"#] {
            assert_eq!(to_delete(all.as_bytes()), Some(Vec::new()), "{all}");
        }
        let one = to_delete(br#"{"IDs":["a"]}"#);
        assert_eq!(one, Some(vec!["a".to_owned()]));
        for unread in [
            "[]",
            r#"[["a"]]"#,
            "null",
            "0",
            r#""a""#,
            r#"{"ids":["a"]}"#,
            r#"{"IDs":"a"}"#,
            r#"{"IDs":[1]}"#,
            r#"{"IDs":["a"],"IDs":[]}"#,
            r#"{"IDs":["a"],"Search":"x"}"#,
            "{} {}",
            "IDs=a",
            "{",
        ] {
            assert_eq!(to_delete(unread.as_bytes()), None, "{unread}");
        }
    }

    #[test]
    fn nothing_is_the_default_and_garbage_is_refused() {
        let query = |start: &str, limit: &str| ListQuery {
            start: start.to_owned(),
            limit: limit.to_owned(),
            query: String::new(),
        };
        for default in ["", "0"] {
            let query = query(default, default);
            assert!(matches!(query.start(), Ok(0)));
            assert!(matches!(query.limit(), Ok(DEFAULT_LIMIT)));
        }
        assert!(matches!(query("7", "1").limit(), Ok(1)));
        for garbage in ["-1", "x", "1.5", " 1", "99999999999"] {
            let query = query(garbage, garbage);
            assert!(
                query.start().is_err() && query.limit().is_err(),
                "{garbage}"
            );
        }
    }
}
