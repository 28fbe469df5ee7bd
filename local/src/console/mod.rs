//! The dev console: the built-in mailbox, the queues and their dead letters.
//! It asks nobody who they are, so it is for the machine it runs on.

mod api;
mod error;
mod events;
mod guard;
mod inbox;
mod messages;
mod nav;
mod queues;
mod segment;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::Redirect,
    routing::{get, post},
};
use jiff::Timestamp;
use url::Url;

use crate::{
    bus::RuledQueues,
    hosting::Hosting,
    mailbox::Mailbox,
    peer::{EVENTS_PATH, MAX_BATCH_BYTES},
    queue::Queues,
    settings::Settings,
};

/// How many mails a list shows unless it is asked for another number.
const DEFAULT_LIMIT: u32 = 50;

/// What the console shows.
#[derive(Clone)]
pub(crate) struct Console {
    /// Whether the mailbox is here: delivery is.
    pub(crate) has_mails: bool,
    pub(crate) mailbox: Mailbox,
    pub(crate) queues: Queues,
    /// Where the application is, if that is known here.
    pub(crate) public_url: Option<Url>,
    /// Whether mail goes to an SMTP server instead of the mailbox.
    pub(crate) mail_leaves: bool,
}

/// The console's routes. What a peer forwards is taken only if `settings` have
/// one, into `intake`.
pub(crate) fn router(console: Console, settings: &Settings, intake: RuledQueues) -> Router {
    let mails = if console.has_mails {
        mails()
    } else {
        Router::new().route("/", get(async || Redirect::temporary("/queues")))
    };
    let mut router = Router::new()
        .route("/style.css", get(inbox::style))
        .route("/queues", get(queues::page))
        .route("/dead-letters/redrive", post(queues::redrive_all))
        .route("/dead-letters/{id}/redrive", post(queues::redrive))
        .merge(mails)
        .fallback(error::not_found)
        .with_state(console);
    if let Hosting::One { service, .. } = settings.hosting {
        let intake = events::Intake {
            queues: intake,
            service,
        };
        let take = post(events::take)
            .layer(DefaultBodyLimit::max(MAX_BATCH_BYTES))
            .with_state(intake);
        router = router.route(EVENTS_PATH, take);
    }
    let guard = guard::Guard::new(settings.console_addr);
    router
        .layer(middleware::from_fn_with_state(guard, guard::check))
        .layer(middleware::map_response(guard::set_headers))
}

/// The mailbox: its pages and its API.
fn mails() -> Router<Console> {
    let api = Router::new()
        .route("/messages", get(api::list).delete(api::delete))
        .route("/search", get(api::search))
        .route("/message/{id}", get(api::message))
        .route("/message/{id}/headers", get(api::headers))
        .route("/message/{id}/raw", get(api::raw));
    Router::new()
        .route("/", get(inbox::page))
        .route("/messages/delete", post(inbox::delete_all))
        .route("/messages/{id}", get(messages::page))
        .route("/messages/{id}/html", get(messages::framed))
        .nest("/api/v1", api)
}

/// A moment as pages show it, to the minute.
fn moment(moment: &Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
