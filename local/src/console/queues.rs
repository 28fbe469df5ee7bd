//! The queues, and what was given up on.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Redirect},
};
use contracts::EventType;
use serde::Deserialize;
use uuid::Uuid;

use super::{Console, error::ConsoleError, nav::Nav, segment::Segment};
use crate::queue::{DeadLetter, Depth};

/// The most dead letters that the page shows, the newest first.
const SHOWN_DEAD_LETTERS: u32 = 200;

#[derive(Template)]
#[template(path = "queues.html")]
struct QueuesPage<'a> {
    nav: Nav<'a>,
    queues: &'a [(&'static str, Depth)],
    letters: &'a [Letter],
}

/// What the page says in the place of a type that has not the shape of ours:
/// it may be anything, an address too.
const NOT_OURS: &str = "not one of ours";

/// A dead letter, and what can be told of its event.
struct Letter {
    letter: DeadLetter,
    event_type: String,
    event_id: String,
}

/// The part of a message's body that the page shows.
#[derive(Default, Deserialize)]
struct Body {
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Detail,
}

#[derive(Default, Deserialize)]
struct Detail {
    id: String,
}

impl From<DeadLetter> for Letter {
    fn from(letter: DeadLetter) -> Self {
        let body: Body = serde_json::from_str(&letter.body).unwrap_or_default();
        Self {
            letter,
            event_type: EventType::parse(&body.detail_type)
                .map_or_else(|| NOT_OURS.to_owned(), |it| it.to_string()),
            event_id: Uuid::try_parse(&body.detail.id)
                .map_or_else(|_| String::new(), |id| id.to_string()),
        }
    }
}

/// `GET /queues`
pub(super) async fn page(State(console): State<Console>) -> Result<Html<String>, ConsoleError> {
    let mut queues = Vec::new();
    for queue in console.queues.all() {
        queues.push((queue.name(), queue.depth().await?));
    }
    let letters = console.queues.dead_letters(SHOWN_DEAD_LETTERS).await?;
    let letters: Vec<_> = letters.into_iter().map(Letter::from).collect();
    let rendered = QueuesPage {
        nav: console.nav(),
        queues: &queues,
        letters: &letters,
    }
    .render()?;
    Ok(Html(rendered))
}

/// `POST /dead-letters/{id}/redrive`: sends one once more.
pub(super) async fn redrive(
    State(console): State<Console>,
    Segment(id): Segment<i64>,
) -> Result<Redirect, ConsoleError> {
    if console.queues.redrive(id).await? {
        tracing::info!(dead_letter = id, "a dead letter is sent once more");
    }
    // One that is not there any more was redriven by an earlier click.
    Ok(Redirect::to("/queues"))
}

/// `POST /dead-letters/redrive`: sends all once more.
pub(super) async fn redrive_all(State(console): State<Console>) -> Result<Redirect, ConsoleError> {
    let redriven = console.queues.redrive_all().await?;
    tracing::info!(redriven, "dead letters are sent once more");
    Ok(Redirect::to("/queues"))
}
