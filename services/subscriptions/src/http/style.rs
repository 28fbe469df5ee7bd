//! `GET /assets/style.css`

use std::sync::LazyLock;

use axum::{
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../../templates/style.css");
/// Hexadecimal digits of the hash in the URL.
const HASH_DIGITS: usize = 16;

/// For the URL with the present hash, whose content never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For any other URL: ask whether the `ETag` is still right.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hash = hex::encode(Sha256::digest(STYLE));
    hash.truncate(HASH_DIGITS);
    hash
});

/// Where the style sheet is, for the pages; another one has another URL.
pub(crate) fn url() -> String {
    format!("/assets/style.css?v={}", *HASH)
}

/// The style sheet of every page.
pub(crate) async fn style(request: Request) -> Response {
    let etag = format!("\"{}\"", *HASH);
    let is_present = request.uri().query() == Some(&format!("v={}", *HASH));
    let is_known = request
        .headers()
        .get(IF_NONE_MATCH)
        .is_some_and(|known| *known == etag);
    let caching = if is_present { FOR_EVER } else { ASK_AGAIN };
    let headers = [(CACHE_CONTROL, caching)];
    let tag = [(ETAG, etag)];
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers, tag).into_response();
    }
    let css = [(CONTENT_TYPE, "text/css; charset=utf-8")];
    (headers, tag, css, STYLE).into_response()
}
