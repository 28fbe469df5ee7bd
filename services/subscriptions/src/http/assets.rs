//! `GET /assets/style.css`, `GET /assets/progress.js`

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

/// Hexadecimal digits of the hash in the URL.
const HASH_DIGITS: usize = 16;

/// For the URL with the present hash, whose content never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For any other URL: ask whether the `ETag` is still right.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The style sheet of every page.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../templates/style.css");
    Asset::new("/assets/style.css", "text/css; charset=utf-8", content)
});

/// The script of the pages that show how far something is.
pub(crate) static PROGRESS: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../templates/progress.js");
    Asset::new(
        "/assets/progress.js",
        "text/javascript; charset=utf-8",
        content,
    )
});

/// A file that pages refer to, built into the program.
pub(crate) struct Asset {
    path: &'static str,
    media_type: &'static str,
    content: &'static str,
    hash: String,
}

impl Asset {
    fn new(path: &'static str, media_type: &'static str, content: &'static str) -> Self {
        let mut hash = hex::encode(Sha256::digest(content));
        hash.truncate(HASH_DIGITS);
        Self {
            path,
            media_type,
            content,
            hash,
        }
    }

    /// Where it is, for the pages; another content has another URL.
    pub(crate) fn url(&self) -> String {
        format!("{}?v={}", self.path, self.hash)
    }

    fn answer(&self, request: &Request) -> Response {
        let etag = format!("\"{}\"", self.hash);
        let is_present = request.uri().query() == Some(&format!("v={}", self.hash));
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
        let media_type = [(CONTENT_TYPE, self.media_type)];
        (headers, tag, media_type, self.content).into_response()
    }
}

/// The style sheet.
pub(crate) async fn style(request: Request) -> Response {
    STYLE.answer(&request)
}

/// The script.
pub(crate) async fn progress(request: Request) -> Response {
    PROGRESS.answer(&request)
}
