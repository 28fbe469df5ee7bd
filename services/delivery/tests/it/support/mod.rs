//! What the tests share.

mod events;
mod fault;
mod mailbox;
mod smtp_server;
mod world;

pub(crate) use events::*;
pub(crate) use fault::{Fault, MortalMail, mortal};
pub(crate) use mailbox::{Mailbox, Reply, refused, unavailable, unclear, unsent};
pub(crate) use smtp_server::{Script, TestServer};
pub(crate) use world::{PROGRESS_INTERVAL, World};
