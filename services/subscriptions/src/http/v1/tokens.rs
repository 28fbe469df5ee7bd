//! `POST /v1/tokens`, `GET /v1/tokens`, `DELETE /v1/tokens/{id}`

use axum::{
    Extension, Json,
    extract::{RawQuery, Request, State},
    http::StatusCode,
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{bearer::Caller, json, paging::PageQuery};
use crate::{
    domain::api_token::{ApiToken, MAX_TOKENS, TokenName},
    http::{
        ClientAddress, Problem, Shared, admin::id::Id, fields::Fields, problem::FieldError,
        problem_kind::ProblemKind,
    },
    use_cases::{
        authenticate::Credentials,
        issue_token::{TokenIssue, issue_token},
        list_tokens::list_tokens,
        revoke_token::revoke_token,
    },
};

/// The most bytes of a body with credentials.
const BODY_LIMIT: usize = 16 * 1024;

/// Whose token it will be, and what for.
#[derive(ToSchema)]
#[schema(as = TokenRequest, example = json!({
    "username": "admin", "password": "correct horse battery staple", "name": "Nightly import"
}))]
pub(crate) struct TokenRequest {
    username: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// What the token is for, in its owner's words, on one line.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// A token, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewToken, example = json!({
    "id": "0f3b7c0e-6a53-4b1c-8a3f-3f5f5b9a5c11",
    "token": "pp_0f3b7c0e6a534b1c8a3f3f5f5b9a5c11_..."
}))]
pub(crate) struct IssuedToken {
    /// Names the token; no secret.
    id: Uuid,
    /// What goes behind `Authorization: Bearer`.
    token: String,
}

/// A token without what makes it one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token, example = json!({
    "id": "0f3b7c0e-6a53-4b1c-8a3f-3f5f5b9a5c11",
    "name": "Nightly import",
    "created_at": "2026-11-02T08:55:12.004Z"
}))]
pub(crate) struct TokenBody {
    /// Names the token.
    id: Uuid,
    /// What it is for.
    name: String,
    /// When it was issued.
    created_at: Timestamp,
}

/// A page of tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenList {
    /// The tokens, the newest first.
    items: Vec<TokenBody>,
    /// The `cursor` of the next page; null after the last one.
    next_cursor: Option<String>,
}

/// Get a token
///
/// For all other requests; it is shown this once. Wrong credentials are counted
/// as those at the log-in are, and too many are answered as wrong ones are.
#[utoipa::path(
    post,
    path = "/v1/tokens",
    tag = "tokens",
    operation_id = "issueToken",
    security(()),
    request_body = TokenRequest,
    responses(
        (status = 201, description = "The token.", body = IssuedToken),
        (status = 400, description = "A field is missing or invalid."),
        (status = 401, description = "The username or the password is wrong."),
        (status = 403, description = "The password is a one-time password."),
        (status = 409, description = "The user has 100 tokens."),
    )
)]
pub(crate) async fn issue(
    State(app): State<Shared>,
    request: Request,
) -> Result<(StatusCode, Json<IssuedToken>), Problem> {
    let origin = request.extensions().get::<ClientAddress>().copied();
    let fields = json::read(request, BODY_LIMIT).await?;
    let asked = TokenRequest::read(&fields)?;
    let name = TokenName::parse(&asked.name).map_err(|invalid| {
        let detail = invalid.to_string();
        Problem::invalid(vec![FieldError {
            field: "name",
            detail,
        }])
    })?;
    let credentials = Credentials {
        username: asked.username,
        password: asked.password,
        origin: origin.map(|ClientAddress(address)| address),
    };
    match issue_token(&app, credentials, name).await? {
        Some(TokenIssue::Issued(new)) => {
            let (id, token) = (new.id, new.token.expose_secret().to_owned());
            Ok((StatusCode::CREATED, Json(IssuedToken { id, token })))
        }
        Some(TokenIssue::OneTimePassword) => Err(Problem::of(
            ProblemKind::PasswordChangeRequired,
            "This is a one-time password: log in with a browser and choose one of your own first.",
        )),
        Some(TokenIssue::TooMany) => Err(Problem::of(
            ProblemKind::Conflict,
            format!("You have {MAX_TOKENS} tokens: revoke one that is not used any more."),
        )),
        None => Err(Problem::of(
            ProblemKind::WrongCredentials,
            "The username or the password is wrong.",
        )),
    }
}

impl TokenRequest {
    fn read(fields: &Fields) -> Result<Self, Problem> {
        let [username, password, name] = fields.all_of(["username", "password", "name"])?;
        Ok(Self {
            username: username.to_owned(),
            password: password.to_owned().into(),
            name: name.to_owned(),
        })
    }
}

/// List your tokens
///
/// Those of the user whose token is shown, without what makes them tokens.
#[utoipa::path(
    get,
    path = "/v1/tokens",
    tag = "tokens",
    operation_id = "listTokens",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of tokens.", body = TokenList),
        (status = 400, description = "The limit or the cursor is invalid."),
    )
)]
pub(crate) async fn list(
    State(app): State<Shared>,
    Extension(Caller(user)): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Json<TokenList>, Problem> {
    let query = PageQuery::read(query.as_deref())?;
    let after = query.after(TokenPlace::parse)?;
    let mut tokens = list_tokens(&app, user.id).await?;
    tokens.sort_unstable_by_key(|token| std::cmp::Reverse(TokenPlace::of(token)));
    tokens.retain(|token| after.is_none_or(|after| TokenPlace::of(token) < after));
    let limit = usize::from(query.limit);
    let goes_on = tokens.len() > limit;
    tokens.truncate(limit);
    let last = tokens.last().map(TokenPlace::of);
    Ok(Json(TokenList {
        next_cursor: last.filter(|_| goes_on).map(|place| place.to_string()),
        items: tokens.into_iter().map(TokenBody::from).collect(),
    }))
}

/// Revoke a token
///
/// One of your own; the one that is shown may be it. It is good for nothing
/// from now on.
#[utoipa::path(
    delete,
    path = "/v1/tokens/{id}",
    tag = "tokens",
    operation_id = "revokeToken",
    params(("id" = Uuid, Path, description = "The token's id.")),
    responses(
        (status = 204, description = "The token is revoked."),
        (status = 404, description = "You have no such token."),
    )
)]
pub(crate) async fn revoke(
    State(app): State<Shared>,
    Extension(Caller(user)): Extension<Caller>,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    if revoke_token(&app, user.id, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}

impl From<ApiToken> for TokenBody {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name.to_string(),
            created_at: token.created_at,
        }
    }
}

/// A token's place among those of its user. It stays a place when the token is
/// revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct TokenPlace {
    created_at: Timestamp,
    id: Uuid,
}

impl TokenPlace {
    fn of(token: &ApiToken) -> Self {
        Self {
            created_at: token.created_at,
            id: token.id,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (created_at, id) = text.split_once('.')?;
        Some(Self {
            created_at: Timestamp::from_millisecond(created_at.parse().ok()?).ok()?,
            id: id.parse().ok()?,
        })
    }
}

impl std::fmt::Display for TokenPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.created_at.as_millisecond(), self.id)
    }
}
