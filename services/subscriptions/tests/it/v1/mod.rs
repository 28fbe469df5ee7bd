//! What programs do: `/v1`.

mod imports;
mod issues;
mod openapi;
mod problems;
mod request_ids;
mod subscribers;
mod tokens;
