//! Telemetry as its users see it: lines in a log, spans at a receiver.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod captured_log;
mod export;
mod logs;
mod outage;
mod receiver;
