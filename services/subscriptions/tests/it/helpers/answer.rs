//! Answers, read whole.

use axum::{body, response::Response};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// More than any answer has.
const MAX_BODY: usize = 1024 * 1024;

/// What the router answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// Whether they tell a client the same: all but the request's own id.
impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        let parts = |answer: &Self| {
            let mut headers = answer.headers.clone();
            let id = headers.remove("x-request-id");
            let id = id.map(|id| id.to_str().expect("text").to_owned());
            let body = answer.body.replace(&id.unwrap_or_default(), "");
            (answer.status, headers, body)
        };
        parts(self) == parts(other)
    }
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body::to_bytes(body, MAX_BODY).await.expect("a body");
        Self {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).expect("text"),
        }
    }

    #[track_caller]
    pub(crate) fn assert_status(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
    }

    /// 303 to `path`.
    #[track_caller]
    pub(crate) fn assert_redirect(&self, path: &str) {
        self.assert_status(303);
        assert_eq!(self.header("location"), path);
    }

    /// Whether the page shows a flash with that text.
    pub(crate) fn shows_flash(&self, text: &str) -> bool {
        self.body.contains(&format!("<p><i>{text}</i></p>"))
    }

    /// A header's value; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// A problem document of that kind, with all that every one has.
    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, kind: &str) {
        self.assert_status(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        let json = self.json();
        assert_eq!(json["type"], format!("urn:pennypost:problem:{kind}"));
        assert_eq!(json["status"], status);
        assert!(json["title"].is_string() && json["detail"].is_string());
        assert_eq!(json["request_id"], self.header("x-request-id"));
    }

    /// The fields that a problem names, in their order.
    #[track_caller]
    pub(crate) fn problem_fields(&self) -> Vec<String> {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let json = self.json();
        let errors = json["errors"].as_array().expect("errors");
        errors
            .iter()
            .map(|error| error["field"].as_str().expect("a field").to_owned())
            .collect()
    }
}
