//! JSON bodies.

use axum::extract::Request;

use crate::http::{
    Problem,
    fields::{Fields, has_media_type},
};

const JSON: &str = "application/json";

/// The members of the JSON object in the body, of at most `limit` bytes.
/// Members that nobody knows are passed over, so that a program may be written
/// for a later version of this service.
///
/// # Errors
/// 415 if it is said to be something else, 413 beyond the limit, 400 if it is
/// no JSON object.
pub(crate) async fn read(request: Request, limit: usize) -> Result<Fields, Problem> {
    if !has_media_type(&request, JSON) {
        return Err(Problem::unsupported(
            "This takes JSON: send it with `Content-Type: application/json`.",
        ));
    }
    Fields::read_json(request, limit).await
}
