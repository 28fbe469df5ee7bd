//! What the tests share.

mod bulk_mailbox;
mod events;
mod fault;
mod mailbox;
mod ses_endpoint;
mod ses_events;
mod smtp_server;
mod starter;
mod world;

pub(crate) use bulk_mailbox::BulkMailbox;
pub(crate) use events::*;
pub(crate) use fault::{Fault, MortalMail, mortal};
pub(crate) use mailbox::{Mailbox, Reply, refused, unavailable, unclear, unsent};
pub(crate) use ses_endpoint::{Answer, SesEndpoint, ses_at};
pub(crate) use ses_events::SesEvent;
pub(crate) use smtp_server::{Script, TestServer};
pub(crate) use world::{PROGRESS_INTERVAL, World};
