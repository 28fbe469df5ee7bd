//! The dev console: the built-in mailbox, the queues and their dead letters.
//! It asks nobody who they are, so it is for the machine it runs on.

mod api;
mod error;
mod guard;
mod inbox;
mod messages;
mod queues;
mod segment;

use std::net::SocketAddr;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use jiff::Timestamp;
use url::Url;

use crate::{mailbox::Mailbox, queue::Queues};

/// How many mails a list shows unless it is asked for another number.
const DEFAULT_LIMIT: u32 = 50;

/// What the console shows.
#[derive(Clone)]
pub(crate) struct Console {
    pub(crate) mailbox: Mailbox,
    pub(crate) queues: Queues,
    /// Where the application is.
    pub(crate) public_url: Url,
    /// Whether mail goes to an SMTP server instead of the mailbox.
    pub(crate) mail_leaves: bool,
}

/// The console's routes, to be served at `address`.
pub(crate) fn router(console: Console, address: SocketAddr) -> Router {
    let api = Router::new()
        .route("/messages", get(api::list).delete(api::delete))
        .route("/search", get(api::search))
        .route("/message/{id}", get(api::message))
        .route("/message/{id}/headers", get(api::headers))
        .route("/message/{id}/raw", get(api::raw));
    let guard = guard::Guard::new(address);
    Router::new()
        .route("/", get(inbox::page))
        .route("/style.css", get(inbox::style))
        .route("/messages/delete", post(inbox::delete_all))
        .route("/messages/{id}", get(messages::page))
        .route("/messages/{id}/html", get(messages::framed))
        .route("/queues", get(queues::page))
        .route("/dead-letters/redrive", post(queues::redrive_all))
        .route("/dead-letters/{id}/redrive", post(queues::redrive))
        .nest("/api/v1", api)
        .fallback(error::not_found)
        .layer(middleware::from_fn_with_state(guard, guard::check))
        .layer(middleware::map_response(guard::set_headers))
        .with_state(console)
}

/// A moment as pages show it, to the minute.
fn moment(moment: &Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
