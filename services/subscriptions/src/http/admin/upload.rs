//! Forms with a file: `multipart/form-data` (RFC 7578).

use std::convert::Infallible;

use axum::{
    extract::Request,
    http::{StatusCode, header::CONTENT_TYPE},
};
use bytes::Bytes;
use futures::stream;
use multer::Multipart;

use super::FORM_LIMIT;
use crate::http::{Problem, body};

/// The file in the field `name`, of at most `limit` bytes.
///
/// # Errors
/// 415 if it is said to be something else, 413 beyond the limit, 400 if there is
/// no such file, and whatever [`body::read`] does not like.
pub(super) async fn uploaded_file(
    request: Request,
    name: &str,
    limit: usize,
) -> Result<Bytes, Problem> {
    let boundary = boundary(&request);
    // Around the file there is what tells of it.
    let whole = body::read(request.into_body(), limit + FORM_LIMIT).await?;
    let boundary =
        boundary.ok_or_else(|| Problem::unsupported("This address takes a form with a file."))?;
    let whole = stream::iter([Ok::<_, Infallible>(whole)]);
    let mut fields = Multipart::new(whole, boundary);
    let broken = |_: multer::Error| Problem::bad_request("The form is not whole.");
    while let Some(field) = fields.next_field().await.map_err(broken)? {
        if field.name() != Some(name) {
            continue;
        }
        // What browsers send when none is chosen.
        let is_none = field.file_name().is_none_or(str::is_empty);
        let file = field.bytes().await.map_err(broken)?;
        if file.len() > limit {
            let detail = "The file is too long.";
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        if !is_none || !file.is_empty() {
            return Ok(file);
        }
    }
    Err(Problem::bad_request("Choose a file first."))
}

fn boundary(request: &Request) -> Option<String> {
    let content_type = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(content_type).ok()
}
