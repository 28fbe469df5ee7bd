//! The whole system in one process: both services as they are on AWS, over a
//! DynamoDB inside the process, and, for what is AWS around them, durable
//! stand-ins: a [`bus`], [`queue`]s, a [`mailbox`]. Ending the process at any
//! moment loses nothing that was acknowledged.
//!
//! [`System::start`] is used by the program `pennypost` ([`process`]) and by
//! tests, which run many systems in one process.

mod addresses;
pub mod bus;
pub mod config;
mod console;
mod consumer;
pub mod data_dir;
mod database;
mod first_admin;
mod hosting;
mod hosting_flags;
mod housekeeping;
mod http;
mod import_queue;
mod import_sweep;
mod issue_sweep;
mod keys;
mod mail_flags;
pub mod mailbox;
mod parts;
pub mod peer;
mod private_files;
pub mod process;
mod process_clock;
pub mod queue;
mod rebuilding;
mod relay_pump;
mod services_mark;
mod ses;
mod settings;
pub mod shutdown;
mod system;
mod tasks;
mod workflow_driver;

pub use hosting::{Hosting, Service};
pub use settings::{Dispatches, MailSide, Settings, ShowPassword, Storage};
pub use system::{StartError, System};
