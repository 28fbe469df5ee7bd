//! `POST /admin/newsletters`

use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};

use super::newsletters::{self, PublishForm, fresh_key};
use crate::{
    domain::{
        draft::{Draft, Parts},
        idempotency_key::IdempotencyKey,
    },
    http::{Problem, Shared, fields::Fields, flash::Flash, problem::FieldError},
    store::StoreError,
    use_cases::{publish_issue::publish_issue, resume_session::SignedIn},
};

/// The most bytes of a form that holds an issue: more than any issue that fits
/// into an event, whose every byte a browser may write as three.
const BODY_LIMIT: usize = 1024 * 1024;

/// The name of the field.
const KEY: &str = "idempotency_key";

/// Publishes an issue.
pub(crate) async fn publish(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request, BODY_LIMIT).await?;
    let (draft, key) = match read(&fields) {
        Ok(read) => read,
        Err(problems) => {
            let mut form = typed(&fields);
            // The next attempt must not fail for a key that nobody typed.
            if problems.iter().any(|problem| problem.field == KEY) {
                form.idempotency_key = fresh_key(&app);
            }
            let status = StatusCode::BAD_REQUEST;
            return newsletters::refused(&app, &signed_in, status, problems, form).await;
        }
    };
    match publish_issue(&app, signed_in.user.id, &draft, &key).await {
        Ok(published) => {
            if published.differs {
                tracing::warn!(
                    issue_id = %published.issue_id,
                    user_id = %signed_in.user.id,
                    "a key came again with another content, which was not published"
                );
            }
            Ok(Flash::IssueAccepted.redirect(&app, "/admin/newsletters"))
        }
        Err(StoreError::TooLarge(error)) => {
            let problem = FieldError {
                field: "html_content",
                detail: format!(
                    "The issue is {} bytes too large: shorten the text or the HTML.",
                    error.excess()
                ),
            };
            let (status, form) = (StatusCode::PAYLOAD_TOO_LARGE, typed(&fields));
            newsletters::refused(&app, &signed_in, status, vec![problem], form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What is to be published, or everything that is wrong with it.
fn read(fields: &Fields) -> Result<(Draft, IdempotencyKey), Vec<FieldError>> {
    let mut problems = Vec::new();
    let [title, text, html, key] = ["title", "text_content", "html_content", KEY].map(|name| {
        fields.required(name).unwrap_or_else(|problem| {
            problems.push(problem);
            ""
        })
    });
    let [preheader, sender_name] = ["preheader", "sender_name"].map(|name| {
        let given = fields
            .optional(name)
            .map_err(|problem| problems.push(problem));
        given.ok().flatten().unwrap_or_default()
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    let parts = Parts {
        title,
        preheader,
        sender_name,
        text_content: text,
        html_content: html,
    };
    let draft = Draft::parse(parts).map_err(|parts| {
        problems.extend(parts.into_iter().map(|part| FieldError {
            field: part.field(),
            detail: part.to_string(),
        }));
    });
    let key = IdempotencyKey::parse(key).map_err(|invalid| {
        problems.push(FieldError {
            field: KEY,
            detail: invalid.to_string(),
        });
    });
    match (draft, key) {
        (Ok(draft), Ok(key)) => Ok((draft, key)),
        _ => Err(problems),
    }
}

/// What was typed, as far as it can be told.
fn typed(fields: &Fields) -> PublishForm {
    let value = |name| {
        let value = fields.required(name).unwrap_or_default();
        value.to_owned()
    };
    PublishForm {
        title: value("title"),
        preheader: value("preheader"),
        sender_name: value("sender_name"),
        text_content: value("text_content"),
        html_content: value("html_content"),
        idempotency_key: value(KEY),
    }
}
