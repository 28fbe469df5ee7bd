//! What programs do: `/v1`.

mod controls;
mod exceptions;
mod held;
mod imports;
mod issues;
mod openapi;
mod problems;
mod recipients;
mod request_ids;
mod subscribers;
mod tokens;
