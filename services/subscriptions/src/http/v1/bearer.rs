//! Middleware: a program shows its token (RFC 6750).

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header::AUTHORIZATION},
    middleware::Next,
    response::{IntoResponse, Response},
};
use secrecy::SecretString;

use crate::{
    domain::user::User,
    http::{Problem, Shared, body},
    use_cases::authorize::authorize,
};

/// The scheme of `Authorization`.
pub(crate) const SCHEME: &str = "Bearer";

/// Whose token came with the request, as an extension of it.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) User);

/// Answers 401 without a good token: a missing, an unknown and a revoked one
/// are all told the same.
pub(crate) async fn require_token(
    State(app): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(token) = presented(request.headers()) else {
        return refused(request).await;
    };
    match authorize(&app, &token).await {
        Ok(Some(user)) => {
            request.extensions_mut().insert(Caller(user));
            next.run(request).await
        }
        Ok(None) => refused(request).await,
        Err(error) => Problem::from(error).into_response(),
    }
}

/// The one token of the request.
fn presented(headers: &HeaderMap) -> Option<SecretString> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case(SCHEME);
    is_bearer.then(|| token.trim().into())
}

async fn refused(request: Request) -> Response {
    // So that a client which sends a large body before it reads sees the answer.
    body::discard(request.into_body()).await;
    let sentence = "This takes a token that is good: send it as `Authorization: Bearer TOKEN`.";
    Problem::unauthorized(sentence).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use secrecy::ExposeSecret;

    use super::*;

    fn token(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        presented(&headers).map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn a_token_comes_by_the_bearer_scheme_and_alone() {
        for good in ["Bearer abc", "bearer abc", "BEARER  abc "] {
            assert_eq!(token(&[good]).as_deref(), Some("abc"), "{good}");
        }
        for bad in ["", "abc", "Bearer", "Basic abc"] {
            assert_eq!(token(&[bad]), None, "{bad}");
        }
        assert_eq!(token(&[]), None);
        assert_eq!(token(&["Bearer abc", "Bearer abc"]), None);
    }
}
