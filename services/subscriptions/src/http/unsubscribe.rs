//! `/subscriptions/unsubscribe`: a page with a button, and what the button and
//! mail programs (RFC 8058) post to.

use askama::Template;
use axum::{
    extract::{RawQuery, Request, State},
    http::StatusCode,
    response::Response,
};
use secrecy::ExposeSecret;

use super::{
    Problem, Shared, body,
    fields::query_token,
    page::{MessagePage, page},
};
use crate::{
    domain::{SubscriberId, read_unsubscribe_token},
    use_cases,
};

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct UnsubscribePage;

/// `GET`: asks first, since programs that look at mails follow links.
pub(crate) async fn ask(
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    subscriber(&app, query.as_deref())?;
    Ok(page(StatusCode::OK, &UnsubscribePage))
}

/// `POST`: the token alone decides; there is no cookie and no redirect. The
/// body says nothing that the request has not said, and is passed over.
pub(crate) async fn unsubscribe(
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    let id = subscriber(&app, query.as_deref())?;
    use_cases::unsubscribe::unsubscribe(&app, id).await?;
    // So that a client which sends before it reads gets to see the answer.
    body::discard(request.into_body()).await;
    Ok(page(StatusCode::OK, &unsubscribed()))
}

fn subscriber(app: &Shared, query: Option<&str>) -> Result<SubscriberId, Problem> {
    let token = query_token(query, "token")?;
    read_unsubscribe_token(&token, app.secrets.unsubscribe_key.expose_secret()).ok_or_else(|| {
        Problem::unauthorized("This link is not valid. Please use the one in the mail, whole.")
    })
}

fn unsubscribed() -> MessagePage<'static> {
    MessagePage {
        title: "You are unsubscribed",
        paragraphs: &["No further issue will be sent to you. You can subscribe again at any time."],
    }
}
