//! `POST /v1/issues/{id}/held`

use std::collections::HashSet;

use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{bearer::Caller, controls::refused};
use crate::{
    domain::SubscriberId,
    http::{
        Problem, Shared, admin::id::Id, body, fields::has_media_type, json::Members,
        problem::FieldError,
    },
    use_cases::resolve_held::{Held, HeldAction, resolve_held},
};

/// The most subscribers that can be named at once: with 39 bytes each they fit
/// into an event of 180 KB with room to spare.
const MAX_NAMED: usize = 4_000;
/// The most bytes of a body: that many ids, generously spaced.
const BODY_LIMIT: usize = 256 * 1024;

const ACTION: &str = "action";
const SUBSCRIBER_IDS: &str = "subscriber_ids";

/// What becomes of held recipients.
#[derive(ToSchema)]
#[schema(as = HeldResolution, example = json!({"action": "drop", "subscriber_ids": "all"}))]
#[expect(dead_code, reason = "only the description needs it")]
pub(crate) struct Resolution {
    #[schema(inline)]
    action: Action,
    #[schema(inline)]
    subscriber_ids: Selection,
}

/// `resend` sends again, which may mail somebody twice; `drop` counts them
/// as failed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only the description needs it")]
enum Action {
    Resend,
    Drop,
}

/// Who is meant: an array of ids, 4,000 at most, or `"all"`: all that are held
/// when delivery hears of it. Those who are not held then are passed over.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only the description needs it")]
enum Selection {
    These(Vec<Uuid>),
    All(All),
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AllHeld)]
#[expect(dead_code, reason = "only the description needs it")]
enum All {
    All,
}

/// Decide about the held
///
/// Nobody knows whether their mail left. `resend` may mail somebody twice: the
/// first mail may have left, or may still leave. `"all"` are all that are held
/// when delivery hears of it; an id that is not held then is passed over.
#[utoipa::path(
    post,
    path = "/v1/issues/{id}/held",
    tag = "issues",
    operation_id = "resolveHeld",
    params(("id" = Uuid, Path, description = "The issue's id.")),
    request_body = Resolution,
    responses(
        (status = 202, description = "The decision is on its way."),
        (status = 400, description = "A member of the body is missing or invalid."),
        (status = 404, description = "There is no such issue."),
        (status = 409, description = "A cancelled issue is not sent again."),
    )
)]
pub(crate) async fn resolve(
    State(app): State<Shared>,
    Extension(Caller(user)): Extension<Caller>,
    Id(id): Id,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (action, held) = read(request).await?;
    let resolved = resolve_held(&app, user.id, id, action, &held).await?;
    resolved.ok_or_else(Problem::not_found)?.map_err(refused)?;
    Ok(StatusCode::ACCEPTED)
}

async fn read(request: Request) -> Result<(HeldAction, Held), Problem> {
    if !has_media_type(&request, "application/json") {
        return Err(Problem::unsupported(
            "This takes JSON: send it with `Content-Type: application/json`.",
        ));
    }
    let text = body::read(request.into_body(), BODY_LIMIT).await?;
    let Members(members) = serde_json::from_slice(&text)
        .map_err(|_| Problem::bad_request("The body is not a JSON object."))?;
    let action = member(&members, ACTION).and_then(action);
    let held = member(&members, SUBSCRIBER_IDS).and_then(held);
    match (action, held) {
        (Ok(action), Ok(held)) => Ok((action, held)),
        (action, held) => {
            let errors = action.err().into_iter().chain(held.err());
            Err(Problem::invalid(errors.collect()))
        }
    }
}

/// The one member of that name.
fn member<'a>(members: &'a [(String, Value)], name: &'static str) -> Result<&'a Value, FieldError> {
    let mut found = members
        .iter()
        .filter(|(it, value)| it == name && !value.is_null());
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Ok(value),
        (None, _) => Err(wrong(name, "is missing")),
        (Some(_), Some(_)) => Err(wrong(name, "is there more than once")),
    }
}

fn action(value: &Value) -> Result<HeldAction, FieldError> {
    match value.as_str() {
        Some("resend") => Ok(HeldAction::Resend),
        Some("drop") => Ok(HeldAction::Drop),
        _ => Err(wrong(ACTION, "has to be resend or drop")),
    }
}

fn held(value: &Value) -> Result<Held, FieldError> {
    if value == "all" {
        return Ok(Held::All);
    }
    let Some(ids) = value.as_array().filter(|ids| !ids.is_empty()) else {
        return Err(wrong(
            SUBSCRIBER_IDS,
            "has to be an array of ids, or \"all\"",
        ));
    };
    if ids.len() > MAX_NAMED {
        let detail = format!("has {} ids: {MAX_NAMED} is the most", ids.len());
        return Err(wrong(SUBSCRIBER_IDS, &detail));
    }
    let mut met = HashSet::with_capacity(ids.len());
    let mut held = Vec::with_capacity(ids.len());
    for id in ids {
        let id: Option<Uuid> = id.as_str().and_then(|id| id.parse().ok());
        let id = id.ok_or_else(|| wrong(SUBSCRIBER_IDS, "has something that is no id"))?;
        if met.insert(id) {
            held.push(SubscriberId(id));
        }
    }
    Ok(Held::These(held))
}

fn wrong(field: &'static str, what: &str) -> FieldError {
    FieldError {
        field,
        detail: format!("The {field} {what}."),
    }
}
