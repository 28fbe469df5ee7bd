//! Subscribers, admins and issues: the HTTP surface, and the events that this
//! service publishes about them.
//!
//! What happens when somebody subscribes? `http` turns the request into
//! values of the `domain`, a use case loads, decides and commits, and the
//! `store` writes the new state together with its events in one transaction.
//! Everything from outside (the store's client, the time, randomness) comes in
//! through [`Ports`]; which events go out and come in is declared in
//! [`contract`]. Hosts build an [`App`] and serve its router.

mod app;
mod config;
pub mod contract;
mod domain;
mod http;
mod inbound;
mod passwords;
pub mod ports;
mod store;
mod use_cases;

pub use app::{App, Ports};
pub use config::{Config, Secrets};
pub use http::ClientAddress;
pub use use_cases::{FirstAdminError, Rebuilt};
