//! Request bodies, up to a limit.

use axum::{body::Body, http::StatusCode};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;

use super::Problem;

/// The most bytes of a form or JSON body of a subscriber.
pub(crate) const SUBSCRIBER_BODY_LIMIT: usize = 16 * 1024;

/// How much of a body that is too long is read and thrown away, so that a
/// client which sends before it reads gets to see the answer.
const DISCARD_LIMIT: usize = 32 * 1024 * 1024;

/// Reads a body of at most `limit` bytes; never holds more than that.
///
/// # Errors
/// 413 beyond the limit, 400 if the client stops in the middle.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut stream = body.into_data_stream();
    let mut bytes = BytesMut::new();
    let mut total = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("The request broke off."))?;
        total += chunk.len();
        if total <= limit {
            bytes.extend_from_slice(&chunk);
        } else if total > DISCARD_LIMIT {
            break;
        }
    }
    if total > limit {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("That is too long: we take at most {limit} bytes."),
        ));
    }
    Ok(bytes.freeze())
}
