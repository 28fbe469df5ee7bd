//! Recipients and mail.
//!
//! What happens when an event of subscriptions arrives is decoded in
//! `inbound` and told by the files of `use_cases`: a confirmation mail is
//! sent at least once; an issue goes to everybody who confirmed before it was
//! published, once. An issue's sending is a workflow of three steps
//! ([`workflow::Steps`]) that the host walks. Which events there are is declared
//! in [`contract`].

mod app;
mod config;
pub mod contract;
mod domain;
mod inbound;
pub mod mail;
pub mod ports;
pub(crate) mod shard_log;
mod store;
mod use_cases;

pub mod workflow;

pub use app::{App, Ports};
pub use config::Config;
pub use domain::rate::{BadSendRate, SendRate};
