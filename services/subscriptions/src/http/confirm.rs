//! `GET /subscriptions/confirm`

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};

use super::{
    Problem, Shared,
    fields::query_token,
    page::{MessagePage, page},
};
use crate::{
    domain::ConfirmationToken,
    use_cases::confirm::{self, Confirmation},
};

/// Confirms whoever the link was mailed to.
pub(crate) async fn confirm(
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let token = query_token(query.as_deref(), "subscription_token")?;
    let token = ConfirmationToken::parse(&token).ok_or_else(unknown)?;
    match confirm::confirm(&app, &token).await? {
        Confirmation::Confirmed => Ok(page(StatusCode::OK, &confirmed())),
        Confirmation::Spent => Ok(page(StatusCode::OK, &spent())),
        Confirmation::Unknown => Err(unknown()),
    }
}

fn unknown() -> Problem {
    Problem::unauthorized(
        "This link is not valid, or not any more. You can subscribe again to get a fresh one.",
    )
}

fn confirmed() -> MessagePage<'static> {
    MessagePage {
        title: "You are subscribed",
        paragraphs: &["Thank you for confirming. The next issue will come to you."],
    }
}

fn spent() -> MessagePage<'static> {
    MessagePage {
        title: "This link does not work any more",
        paragraphs: &["It has changed nothing. You can subscribe again to get a fresh link."],
    }
}
