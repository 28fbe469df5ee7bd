//! The outbox against a real engine and a bus that can fail.

mod fixtures;
mod inbound;
mod relay;
mod sweeper;
