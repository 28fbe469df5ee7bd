//! `POST /v1/issues`

use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{bearer::Caller, issues::Status, json};
use crate::{
    domain::{
        draft::{Draft, Parts},
        idempotency_key::IdempotencyKey,
        issue::IssueStatus,
    },
    http::{Problem, Shared, fields::Fields, problem::FieldError, problem_kind::ProblemKind},
    store::StoreError,
    use_cases::publish_issue::publish_issue,
};

/// The most bytes of a body: of a larger one nobody counts how much its issue
/// is too large. JSON may write each byte of an issue as six.
const BODY_LIMIT: usize = 5 * 1024 * 1024;

/// The name of the header, and of the field of a problem that is about it.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// An issue to be published.
#[derive(Debug, ToSchema)]
#[schema(as = IssueToPublish, example = json!({
    "title": "The first issue",
    "text_content": "Hello {{name}}, ...",
    "html_content": "<p>Hello {{name}}, ...</p>"
}))]
pub(crate) struct Submission {
    /// The mail's subject, on one line.
    #[schema(min_length = 1, max_length = 256)]
    title: String,
    /// The HTML part; not blank. `{{name}}` and `{{unsubscribe_url}}` stand for
    /// each recipient's own.
    #[schema(min_length = 1)]
    html_content: String,
    /// The plain text part; not blank. The same may stand in it.
    #[schema(min_length = 1)]
    text_content: String,
    /// What mail programs show beside the subject; blank is none.
    #[schema(max_length = 256)]
    preheader: Option<String>,
    /// The name in front of the sender's address; blank is the usual one.
    #[schema(max_length = 100)]
    sender_name: Option<String>,
}

/// An issue that was accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "5f1c9a5e-53c3-4b0e-9d3f-0b1d6b7f6a11", "status": "queued"}))]
pub(crate) struct AcceptedIssue {
    /// Names the issue.
    id: Uuid,
    /// Where it stood when it was accepted.
    status: Status,
}

/// Publish an issue
///
/// Everybody confirmed by now gets it, once. The same key with the same body
/// is answered the same within 48 hours and publishes nothing more, so a
/// request without an answer can simply be sent again.
#[utoipa::path(
    post,
    path = "/v1/issues",
    tag = "issues",
    operation_id = "publishIssue",
    params((
        "Idempotency-Key" = String, Header,
        description = "Names this publication among all of this user.",
        min_length = 1, max_length = 49, pattern = "^[!-~]([ -~]{0,47}[!-~])?$",
        example = json!("2026-11-first"),
    )),
    request_body = Submission,
    responses(
        (
            status = 202, description = "The issue is accepted and goes out.",
            body = AcceptedIssue,
            headers(("Location" = String, description = "Where the issue is."))
        ),
        (status = 400, description = "The body or the key is missing or invalid."),
        (
            status = 413,
            description = "The issue is larger than 180 KB as an event; `detail` says by how much.",
        ),
        (status = 422, description = "The key was used for another body."),
    )
)]
pub(crate) async fn publish(
    State(app): State<Shared>,
    Extension(Caller(user)): Extension<Caller>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let fields = json::read(request, BODY_LIMIT).await?;
    let (draft, key) = parse(&fields, &headers).map_err(Problem::invalid)?;
    let published = publish_issue(&app, user.id, &draft, &key)
        .await
        .map_err(refused)?;
    if published.differs {
        return Err(Problem::of(
            ProblemKind::IdempotencyKeyReused,
            "You published something else with this key. Take a new key for a new issue.",
        ));
    }
    let id = published.issue_id;
    let accepted = AcceptedIssue {
        id,
        // Not where it stands by now: a repetition is answered the same.
        status: IssueStatus::Queued.into(),
    };
    let location = [(LOCATION, format!("/v1/issues/{id}"))];
    Ok((StatusCode::ACCEPTED, location, Json(accepted)).into_response())
}

fn refused(error: StoreError) -> Problem {
    let StoreError::TooLarge(error) = error else {
        return error.into();
    };
    Problem::of(
        ProblemKind::TooLarge,
        format!(
            "The issue is {} bytes too large: shorten the text or the HTML.",
            error.excess()
        ),
    )
}

/// What is to be published, or everything that is wrong with it.
fn parse(fields: &Fields, headers: &HeaderMap) -> Result<(Draft, IdempotencyKey), Vec<FieldError>> {
    let key = key_of(headers);
    let draft = Submission::read(fields).and_then(Submission::into_draft);
    match (draft, key) {
        (Ok(draft), Ok(key)) => Ok((draft, key)),
        (draft, key) => {
            let errors = draft.err().unwrap_or_default().into_iter();
            Err(errors.chain(key.err()).collect())
        }
    }
}

impl Submission {
    /// Finds the members of the body.
    fn read(fields: &Fields) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut required = |name| text(fields.required(name), &mut errors).unwrap_or_default();
        let [title, html_content, text_content] =
            ["title", "html_content", "text_content"].map(&mut required);
        let mut optional = |name| {
            let found = fields.optional(name).transpose()?;
            text(found, &mut errors)
        };
        let [preheader, sender_name] = ["preheader", "sender_name"].map(&mut optional);
        let submission = Self {
            title,
            html_content,
            text_content,
            preheader,
            sender_name,
        };
        if errors.is_empty() {
            Ok(submission)
        } else {
            Err(errors)
        }
    }

    fn into_draft(self) -> Result<Draft, Vec<FieldError>> {
        let draft = Draft::parse(Parts {
            title: &self.title,
            preheader: self.preheader.as_deref().unwrap_or_default(),
            sender_name: self.sender_name.as_deref().unwrap_or_default(),
            text_content: &self.text_content,
            html_content: &self.html_content,
        });
        draft.map_err(|parts| {
            let errors = parts.into_iter().map(|part| FieldError {
                field: part.field(),
                detail: part.to_string(),
            });
            errors.collect()
        })
    }
}

/// The text, or a note of what is wrong with it.
fn text(found: Result<&str, FieldError>, errors: &mut Vec<FieldError>) -> Option<String> {
    match found {
        Ok(text) => Some(text.to_owned()),
        Err(error) => {
            errors.push(error);
            None
        }
    }
}

/// The one key of the request.
fn key_of(headers: &HeaderMap) -> Result<IdempotencyKey, FieldError> {
    let wrong = |detail: String| FieldError {
        field: IDEMPOTENCY_KEY,
        detail,
    };
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (values.next(), values.next()) {
        (None, _) => Err(wrong("The header Idempotency-Key is missing.".to_owned())),
        (Some(value), None) => {
            let text = std::str::from_utf8(value.as_bytes())
                .map_err(|_| wrong("The idempotency key is not UTF-8.".to_owned()))?;
            // HTTP lets a tab through, which proxies may make a space of.
            if text.contains(char::is_control) {
                return Err(wrong(
                    "The idempotency key has a control character.".to_owned(),
                ));
            }
            IdempotencyKey::parse(text).map_err(|invalid| wrong(invalid.to_string()))
        }
        (Some(_), Some(_)) => Err(wrong(
            "The header Idempotency-Key is there more than once.".to_owned(),
        )),
    }
}
