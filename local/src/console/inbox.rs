//! The list of mails.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{Html, IntoResponse, Redirect},
};
use serde::Deserialize;

use super::{Console, DEFAULT_LIMIT, error::ConsoleError, nav::Nav};
use crate::mailbox::{Page, Search};

/// How much of a snippet the page shows, in characters.
const SHOWN_SNIPPET_CHARS: usize = 120;

#[derive(Deserialize)]
pub(super) struct InboxQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    start: u32,
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage<'a> {
    nav: Nav<'a>,
    mail_leaves: bool,
    query: &'a str,
    page: &'a Page,
    /// The number of the first mail that is shown, from 1.
    first: u64,
    last: u64,
    newer: Option<String>,
    older: Option<String>,
}

/// `GET /`
pub(super) async fn page(
    State(console): State<Console>,
    query: Result<Query<InboxQuery>, QueryRejection>,
) -> Result<Html<String>, ConsoleError> {
    let Query(InboxQuery { q, start }) =
        query.map_err(|_| ConsoleError::BadRequest("start is a whole number from 0."))?;
    let page = console
        .mailbox
        .list(Search::parse(&q), start, DEFAULT_LIMIT)
        .await?;
    let last = u64::from(start) + page.messages.len() as u64;
    let rendered = InboxPage {
        nav: console.nav(),
        mail_leaves: console.mail_leaves,
        query: &q,
        page: &page,
        first: u64::from(start) + 1,
        last,
        newer: (start > 0).then(|| link(&q, start.saturating_sub(DEFAULT_LIMIT))),
        older: (last < page.totals.matching).then(|| link(&q, start.saturating_add(DEFAULT_LIMIT))),
    }
    .render()?;
    Ok(Html(rendered))
}

/// `POST /messages/delete`
pub(super) async fn delete_all(State(console): State<Console>) -> Result<Redirect, ConsoleError> {
    console.mailbox.delete(Vec::new()).await?;
    Ok(Redirect::to("/"))
}

/// `GET /style.css`
pub(super) async fn style() -> impl IntoResponse {
    let content_type = (header::CONTENT_TYPE, "text/css; charset=utf-8");
    ([content_type], include_str!("../../templates/style.css"))
}

/// The list from `start`, with the same search.
fn link(query: &str, start: u32) -> String {
    let pairs = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", query)
        .append_pair("start", &start.to_string())
        .finish();
    format!("/?{pairs}")
}
