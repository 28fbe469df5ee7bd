//! `POST /admin/newsletters/{id}/recipients`,
//! `GET /admin/newsletters/{id}/recipients/{subscriber_id}`

use askama::Template;
use axum::{
    Extension,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    FORM_LIMIT,
    exceptions::{self, RecipientSearch},
    id::Id,
    navigation::{Navigation, Place},
};
use crate::{
    domain::{
        Subscriber, SubscriberEmail, SubscriberId,
        issue::Issue,
        recipient::{Fate, RecipientOutcome},
    },
    http::{Problem, Shared, fields::Fields, page::page},
    use_cases::{
        find_subscriber::find_subscriber, resume_session::SignedIn, show_issue::show_issue,
        show_recipient::show_recipient, show_subscriber::show_subscriber,
    },
};

#[derive(Template)]
#[template(path = "admin/recipient.html")]
struct RecipientPage {
    nav: Navigation,
    issue: Issue,
    id: SubscriberId,
    /// None if they were erased.
    subscriber: Option<Subscriber>,
    fate: Fate,
}

/// Leads to what happened to the recipient with the address that was typed. A
/// post, so that no address stands in a URL.
pub(super) async fn find(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request, FORM_LIMIT).await?;
    let [typed] = fields.all_of(["email"])?;
    let (status, problem) = match SubscriberEmail::parse(typed) {
        Ok(email) => match find_subscriber(&app, &email).await? {
            Some(found) => {
                let path = format!("/admin/newsletters/{id}/recipients/{}", found.id);
                return Ok(Redirect::to(&path).into_response());
            }
            None => (StatusCode::OK, "Nobody has that address.".to_owned()),
        },
        Err(invalid) => (StatusCode::BAD_REQUEST, invalid.to_string()),
    };
    let search = RecipientSearch {
        typed: typed.to_owned(),
        problem: Some(problem),
    };
    exceptions::not_found(&app, &signed_in, id, status, search).await
}

/// What happened to one recipient.
pub(super) async fn recipient(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Path((issue_id, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (Ok(issue_id), Ok(id)) = (issue_id.parse(), id.parse().map(SubscriberId)) else {
        return Err(Problem::not_found());
    };
    let issue = show_issue(&app, issue_id).await?;
    let fate = show_recipient(&app, issue_id, id).await?;
    let recipient_page = RecipientPage {
        nav: Navigation::new(&signed_in, Place::Newsletters),
        issue: issue.ok_or_else(Problem::not_found)?,
        id,
        subscriber: show_subscriber(&app, id).await?,
        fate: fate.ok_or_else(Problem::not_found)?,
    };
    Ok(page(StatusCode::OK, &recipient_page))
}

/// What an outcome means.
const fn meaning(outcome: RecipientOutcome) -> &'static str {
    match outcome {
        RecipientOutcome::Accepted => "The mail server took the mail over.",
        RecipientOutcome::Failed => "The mail was refused for good.",
        RecipientOutcome::Suppressed => "Not sent: the address bounced or complained before.",
        RecipientOutcome::Skipped => {
            "Not sent: unsubscribed or erased before, or the issue was cancelled."
        }
        RecipientOutcome::Held => {
            "Nobody knows whether the mail left, so it is not sent again unless you decide so."
        }
        RecipientOutcome::Pending => "Not known before the issue is at its end.",
        RecipientOutcome::NotARecipient => {
            "The issue was not for them: they were not confirmed when it was published."
        }
        RecipientOutcome::Unknown => {
            "Not known for sure: the counts of this issue do not agree, as its page tells."
        }
    }
}
