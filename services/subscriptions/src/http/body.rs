//! Request bodies, up to a limit.

use std::time::Duration;

use axum::{body::Body, http::StatusCode};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;

use super::Problem;

/// The most time for a body to arrive; less than the request has in all.
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// How much of a body that is too long is read and thrown away, so that a
/// client which sends before it reads gets to see the answer.
const DISCARD_LIMIT: usize = 32 * 1024 * 1024;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Reads a body of at most `limit` bytes; never holds more than that.
///
/// # Errors
/// 413 beyond the limit, 408 beyond [`TIME_LIMIT`], 400 if the client stops in
/// the middle.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut bytes = BytesMut::new();
    let mut is_too_long = false;
    each_chunk(body, |chunk| {
        is_too_long |= bytes.len() + chunk.len() > limit;
        if !is_too_long {
            bytes.extend_from_slice(chunk);
        }
    })
    .await?;
    if is_too_long {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("That is too long: we take at most {}.", Size(limit)),
        ));
    }
    Ok(bytes.freeze())
}

/// Reads a body that says nothing, as far as it comes.
pub(crate) async fn discard(body: Body) {
    if each_chunk(body, |_| {}).await.is_err() {
        tracing::debug!("a body that says nothing is not whole");
    }
}

/// Hands over the body's chunks, and stops behind [`DISCARD_LIMIT`].
async fn each_chunk(body: Body, mut take: impl FnMut(&[u8])) -> Result<(), Problem> {
    let whole = async {
        let mut stream = body.into_data_stream();
        let mut total = 0;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| Problem::bad_request("The request broke off."))?;
            total += chunk.len();
            take(&chunk);
            if total > DISCARD_LIMIT {
                break;
            }
        }
        Ok(())
    };
    tokio::time::timeout(TIME_LIMIT, whole)
        .await
        .unwrap_or_else(|_| {
            tracing::info!("a request's body was too slow");
            Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "The request took too long to arrive.",
            ))
        })
}

/// A number of bytes, for people.
struct Size(usize);

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            bytes if bytes % MIB == 0 => write!(f, "{} MiB", bytes / MIB),
            bytes if bytes % KIB == 0 => write!(f, "{} KiB", bytes / KIB),
            bytes => write!(f, "{bytes} bytes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_the_largest_unit_that_fits() {
        for (bytes, text) in [(MIB, "1 MiB"), (64 * KIB, "64 KiB"), (1000, "1000 bytes")] {
            assert_eq!(Size(bytes).to_string(), text);
        }
    }
}
