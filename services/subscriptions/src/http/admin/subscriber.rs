//! `GET /admin/subscribers/{id}`

use askama::Template;
use axum::{Extension, extract::State, http::StatusCode, response::Response};

use super::{
    id::Id,
    navigation::{Navigation, Place},
};
use crate::{
    domain::{ChangeKind, Subscriber, SubscriberId, SubscriberStatus},
    http::{Problem, Shared, page::page},
    use_cases::{resume_session::SignedIn, show_subscriber::show_subscriber},
};

#[derive(Template)]
#[template(path = "admin/subscriber.html")]
struct SubscriberPage {
    nav: Navigation,
    subscriber: Subscriber,
}

/// Somebody, and what happened to them.
pub(super) async fn subscriber(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
) -> Result<Response, Problem> {
    let found = show_subscriber(&app, SubscriberId(id)).await?;
    let subscriber = found.ok_or_else(Problem::not_found)?;
    let nav = Navigation::new(&signed_in, Place::Subscribers);
    Ok(page(StatusCode::OK, &SubscriberPage { nav, subscriber }))
}

/// What a status means for whoever publishes.
const fn meaning(status: &SubscriberStatus) -> &'static str {
    match status {
        SubscriberStatus::Pending => "asked for the newsletter, has not followed the link yet",
        SubscriberStatus::Confirmed => "gets every issue",
        SubscriberStatus::Unsubscribed => "left, and gets no issue",
        SubscriberStatus::Bounced => "the address takes no mail, so it gets no issue",
        SubscriberStatus::Complained => "marked a mail as spam, and gets no issue",
    }
}

/// What happened, as one would tell it.
const fn story(what: &ChangeKind) -> &'static str {
    match what {
        ChangeKind::Subscribed => "Asked for the newsletter; a mail with a link went out",
        ChangeKind::AskedAgain => "Asked once more; another mail with a link went out",
        ChangeKind::Confirmed => "Confirmed by following the link",
        ChangeKind::Imported => "Came with a list that an admin imported",
        ChangeKind::Unsubscribed => "Unsubscribed",
        ChangeKind::Bounced => "A mail came back for good",
        ChangeKind::Complained => "Marked a mail as spam",
    }
}
