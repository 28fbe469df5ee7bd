//! Subscribers, admins and issues: the HTTP surface, and the events that this
//! service publishes about them.
//!
//! What happens when somebody subscribes? `http` turns the request into
//! values of the `domain`, a use case loads, decides and commits, and the
//! `store` writes the new state together with its events in one transaction.
//! Everything from outside (the store's client, the time, randomness) comes in
//! through [`Ports`]; hosts build an [`App`] and serve its router.

mod app;
mod config;
mod domain;
mod http;
pub mod inbound;
mod passwords;
mod store;
mod use_cases;

pub use app::{App, Ports};
pub use config::{Config, Secrets};
pub use http::ClientAddress;
pub use use_cases::FirstAdminError;
