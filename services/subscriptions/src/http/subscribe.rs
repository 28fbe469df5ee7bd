//! `POST /subscriptions`

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    Problem, Shared,
    fields::{FORM, Fields, has_media_type},
    home,
    page::{MessagePage, page},
    problem::FieldError,
    schedule::on_the_beat,
};
use crate::{
    domain::{SubscriberEmail, SubscriberName},
    use_cases,
};

/// The most bytes of a form or JSON body: an address and the longest name,
/// whose every byte a form may write as three and JSON as six.
const BODY_LIMIT: usize = 64 * 1024;

/// Takes a form or a JSON object. The answer is the same whatever is known of
/// the address, and so is the moment that it leaves.
pub(crate) async fn subscribe(
    State(app): State<Shared>,
    request: Request,
) -> Result<Response, Problem> {
    let json = has_media_type(&request, "application/json");
    let fields = if json {
        Fields::read_json(request, BODY_LIMIT).await?
    } else if has_media_type(&request, FORM) {
        Fields::read(request, BODY_LIMIT).await?
    } else {
        return Err(Problem::unsupported("This address takes a form or JSON."));
    };
    let (email, name) = match parse(&fields) {
        Ok(parsed) => parsed,
        Err(errors) if json => return Err(Problem::invalid(errors)),
        Err(errors) => return Ok(home::refused(&fields, &errors)),
    };
    on_the_beat(use_cases::subscribe::subscribe(&app, &email, &name)).await?;
    Ok(if json {
        let status = json!({ "status": "pending_confirmation" });
        (StatusCode::ACCEPTED, Json(status)).into_response()
    } else {
        page(StatusCode::OK, &thank_you())
    })
}

/// Parses all fields, so that the answer names each bad one.
pub(super) fn parse(fields: &Fields) -> Result<(SubscriberEmail, SubscriberName), Vec<FieldError>> {
    let name = fields
        .required("name")
        .and_then(|name| SubscriberName::parse(name).map_err(|error| bad("name", &error)));
    let email = fields
        .required("email")
        .and_then(|email| SubscriberEmail::parse(email).map_err(|error| bad("email", &error)));
    match (email, name) {
        (Ok(email), Ok(name)) => Ok((email, name)),
        (email, name) => Err(name.err().into_iter().chain(email.err()).collect()),
    }
}

fn bad(field: &'static str, error: &dyn std::error::Error) -> FieldError {
    FieldError {
        field,
        detail: error.to_string(),
    }
}

fn thank_you() -> MessagePage<'static> {
    MessagePage {
        title: "Thank you",
        paragraphs: &[
            "If this address is not subscribed yet, a mail with a link is on its way to it.",
            "Follow the link within 7 days to confirm.",
        ],
    }
}
