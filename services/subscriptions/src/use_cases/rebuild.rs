//! Readers who have lost what they knew are told it once more.
//!
//! Why nobody is missed: `docs/adr/0017-rebuilding-the-projection.md`.

mod events;
mod position;

use std::time::Duration;

use dynamo::MAX_ACTIONS;
use jiff::{SignedDuration, Timestamp};
use outbox::{HandleError, OutboxEvent};
use serde::{Deserialize, Serialize};

use self::{
    events::{events_of_erased, events_of_subscribers},
    position::{List, Position},
};
use crate::{
    app::AppState,
    store::{Decision, StoreError, SubscriberPlace},
};

/// Subscribers in a page. Each makes one event at the most, so that all of a
/// page go into one transaction; with the longest names these are 1.1 MB of the
/// 4 MB that it takes.
const PAGE: u16 = 100;
const _: () = assert!(PAGE as usize <= MAX_ACTIONS);

/// The most subscribers of one turn, rounded up to a page, whatever time there
/// is left: what a turn adds to the outbox is gone from there in a minute or so.
const MAX_SUBSCRIBERS: u64 = 50_000;

/// What came of a turn. As JSON: `{"published":N,"cursor":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuilt {
    /// Of how many subscribers the state was published; the erased among them.
    pub published: u64,
    /// Where the next turn goes on; none at the end. Opaque.
    pub cursor: Option<String>,
}

/// Publishes the present states of the subscribers from `cursor` on, a page at
/// least, and further ones until `budget` is used up.
///
/// # Errors
/// See [`App::rebuild`](crate::App::rebuild). What fails after the first page
/// ends the turn there.
pub(crate) async fn rebuild(
    app: &AppState,
    cursor: Option<&str>,
    budget: Duration,
) -> Result<Rebuilt, HandleError> {
    let until = deadline(app.clock.now(), budget);
    turn(app, begin(cursor)?, until, MAX_SUBSCRIBERS).await
}

/// A turn that is over at `until`, or with the page that makes it `most`
/// subscribers.
async fn turn(
    app: &AppState,
    from: Position,
    until: Timestamp,
    most: u64,
) -> Result<Rebuilt, HandleError> {
    let mut position = Some(from);
    let (mut published, mut seen) = (0, None);
    while let Some(here) = position {
        let is_over = |seen| seen >= most || app.clock.now() >= until;
        if seen.is_some_and(is_over) {
            break;
        }
        match Box::pin(publish_page(app, here)).await {
            Ok(page) => {
                published += page.published;
                seen = Some(seen.unwrap_or(0) + page.seen);
                position = page.next;
            }
            Err(error) if seen.is_some() => {
                tracing::warn!(%error, "a turn of publishing all subscribers ends early");
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let is_end = position.is_none();
    tracing::info!(published, is_end, "subscribers were published once more");
    Ok(Rebuilt {
        published,
        cursor: position.map(|position| position.to_string()),
    })
}

fn begin(cursor: Option<&str>) -> Result<Position, HandleError> {
    let Some(cursor) = cursor else {
        return Ok(Position::FIRST);
    };
    Position::parse(cursor).ok_or_else(|| {
        let problem = "the cursor is none that a turn of rebuilding answered with";
        HandleError::Permanent(problem.to_owned())
    })
}

fn deadline(now: Timestamp, budget: Duration) -> Timestamp {
    let budget = SignedDuration::try_from(budget).unwrap_or(SignedDuration::MAX);
    now.checked_add(budget).unwrap_or(Timestamp::MAX)
}

/// A page that was published.
struct Published {
    published: u64,
    seen: u64,
    next: Option<Position>,
}

/// Puts the present states of the page at `here` into the outbox: no state
/// changes by it, so that there is no condition either. Whoever changes in
/// between tells it in a newer version.
async fn publish_page(app: &AppState, here: Position) -> Result<Published, StoreError> {
    let now = app.clock.now();
    let after = here.after.as_ref();
    let page = match here.list {
        List::Erased => {
            let page = app.store.erased(after, PAGE).await?;
            Found {
                seen: page.items.len(),
                last: page.items.last().map(|last| last.place()),
                goes_on: page.next.is_some(),
                published: page.items.len(),
                events: events_of_erased(app, &page.items, now)?,
            }
        }
        List::Subscribers(status) => {
            let page = app.store.oldest_subscribers(status, after, PAGE).await?;
            let ids: Vec<_> = page.items.iter().map(|it| it.id).collect();
            // The list follows the table, which may be ahead of it.
            let present = app.store.subscribers_among(&ids).await?;
            let (published, events) = events_of_subscribers(app, present, now)?;
            Found {
                seen: page.items.len(),
                last: page.items.last().map(SubscriberPlace::of),
                goes_on: page.next.is_some(),
                published,
                events,
            }
        }
    };
    let decision = page
        .events
        .into_iter()
        .fold(Decision::new(), Decision::event);
    app.store.commit(decision).await?;
    Ok(Published {
        published: page.published as u64,
        seen: page.seen as u64,
        next: match page.last {
            Some(last) if page.goes_on => Some(here.behind(last)),
            // Without an item there would be no place to go on from.
            _ => here.next_list(),
        },
    })
}

/// What there is in a page.
struct Found {
    seen: usize,
    last: Option<SubscriberPlace>,
    goes_on: bool,
    published: usize,
    events: Vec<OutboxEvent>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A turn of at most that many subscribers.
    pub(crate) async fn short_turn(app: &AppState, cursor: Option<&str>, most: u64) -> Rebuilt {
        let from = begin(cursor).expect("a cursor");
        let turn = turn(app, from, Timestamp::MAX, most).await;
        turn.expect("published")
    }

    #[test]
    fn every_budget_has_an_end() {
        let now = Timestamp::UNIX_EPOCH;
        let minute = Duration::from_secs(60);
        assert_eq!(deadline(now, minute).as_second(), 60);
        assert_eq!(deadline(now, Duration::MAX), Timestamp::MAX);
    }
}
