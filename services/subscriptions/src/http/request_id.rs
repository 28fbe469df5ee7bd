//! Middleware: a name for every request, by which people find it in the logs.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

use super::Shared;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that a client may choose, in bytes.
const MAX_LENGTH: usize = 64;

/// The id of the request, as an extension of it.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The client's id if it is a harmless one: letters, digits, `-`, `_` and
    /// `.`, which need no escape anywhere.
    fn parse(value: &HeaderValue) -> Option<Self> {
        let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        let bytes = value.as_bytes();
        let is_id = (1..=MAX_LENGTH).contains(&bytes.len()) && bytes.iter().all(harmless);
        is_id.then(|| Self(value.clone()))
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// Keeps a good id that the client sent, makes one otherwise, and answers with
/// it.
pub(crate) async fn request_id(
    State(app): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut sent = request.headers().get_all(REQUEST_ID).iter();
    let id = match (sent.next(), sent.next()) {
        (Some(one), None) => RequestId::parse(one),
        _ => None,
    };
    let id = id.unwrap_or_else(|| fresh(&app));
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, id.0);
    response
}

fn fresh(app: &Shared) -> RequestId {
    let id = app.randomness.uuid().to_string();
    RequestId(HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("none")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Option<String> {
        let value = HeaderValue::from_bytes(text.as_bytes()).expect("a header");
        RequestId::parse(&value).map(|id| id.as_str().to_owned())
    }

    #[test]
    fn only_a_short_id_of_harmless_characters_is_kept() {
        let longest = "a".repeat(MAX_LENGTH);
        for text in ["7f1c-4b", "Root_1.5", longest.as_str()] {
            assert_eq!(kept(text).as_deref(), Some(text));
        }
        let too_long = "a".repeat(MAX_LENGTH + 1);
        for text in ["", "a b", "a\"b", "ann@example.com", "<a>", "é", &too_long] {
            assert_eq!(kept(text), None, "{text}");
        }
    }
}
