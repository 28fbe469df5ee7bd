//! An axum Lambda that does nothing. `.ci/lambda-start` measures how long it takes
//! from its start to its first call of the runtime API, and ours beside it.

use axum::{Router, routing::get};
use lambda_http::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::run(Router::new().route("/", get(async || "nothing"))).await
}
