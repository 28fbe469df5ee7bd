//! What sending an issue costs.
//!
//! The sender is delivery as a host runs it; around it are stand-ins for
//! DynamoDB, SES and an SMTP server, reached by HTTP and TCP, so that a
//! process of their own can hold them and what is measured is only the sender.
//! `docs/benchmarks.md` has the figures and their commands.

mod bare;
mod connection;
mod fill;
mod meter;
mod outside;
mod process;
mod sender;
mod ses;
mod sink;
mod store;

pub use bare::Recorder;
pub use meter::Usage;
pub use outside::{Outside, OutsideProcess, serve_outside};
pub use process::{cpu_seconds, peak_kib};
pub use sender::{Mail, Sender, Took};
pub use ses::Taken;

/// The name of delivery's table.
pub const TABLE: &str = "delivery";
