//! What a program reads of a problem.

use serde::Serialize;
use utoipa::ToSchema;

use super::problem::FieldError;

/// An error, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "urn:pennypost:problem:invalid",
    "title": "Bad Request",
    "status": 400,
    "detail": "Some of the fields are missing or invalid.",
    "errors": [{"field": "title", "detail": "The title is empty."}],
    "request_id": "0b5c4d3e-9f0a-4c7e-8f43-4f6a3a1f5e0d"
}))]
pub(crate) struct ProblemDocument<'a> {
    /// What kind of problem it is: a URI that never changes.
    #[serde(rename = "type")]
    #[schema(format = "uri")]
    pub(crate) kind: String,
    /// The status in words.
    pub(crate) title: &'static str,
    /// The status.
    pub(crate) status: u16,
    /// What is wrong, for people. It never repeats what was sent.
    pub(crate) detail: &'a str,
    /// Each field, parameter or header that is wrong, where it is about those.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) errors: &'a [FieldError],
    /// The request's id, which is in the logs and in the header `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<&'a str>,
}

impl ProblemDocument<'_> {
    /// What it is sent as.
    pub(crate) const MEDIA_TYPE: &'static str = "application/problem+json";
}
