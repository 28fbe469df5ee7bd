//! Both services as they are, with their handlers, use cases and stores, in a
//! world where everything that can go wrong does, by a seed; and the judge of
//! what they do.
//!
//! One thread, virtual time. Processes end or stand still before and after any
//! effect, messages come twice, late and in any order, the store and the mail
//! side fail in every way they have; people do what they like. A model that
//! watches what is committed, and the mail side's own log, are the judges.

mod account;
mod api;
mod bus;
mod chance;
mod cluster;
mod consumer;
mod feedback;
mod judge;
mod life;
mod log;
mod mail;
mod people;
mod planted;
mod process;
mod queue;
mod run;
mod ses;
mod setup;
mod spoil;
mod stopping;
mod store;
mod time;
mod watch;
mod workflow;
mod world;

pub use planted::Planted;
pub use run::{Outcome, Settings, run};
