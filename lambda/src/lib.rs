//! What the Lambda programs of both services share.
//!
//! A program is one `bootstrap`; the function's handler setting picks its role.
//! A role is thin: it takes an AWS event apart, calls the service, and puts the
//! answer together. Here are the loop around all roles ([`run`]), and the roles
//! and adapters that are no service's own: batches of an SQS queue
//! ([`QueueRole`]), the relay ([`RelayRole`]), and EventBridge as the bus
//! ([`EventBridge`]).

mod aws;
mod environment;
mod event_bridge;
mod failure;
mod host;
mod outbox_sweep;
mod program;
mod queue;
mod relay;
#[cfg(test)]
mod test_endpoint;
mod visibility;

pub use environment::{BadVariable, Environment};
pub use event_bridge::EventBridge;
pub use failure::Failure;
pub use host::{Deadline, Host};
pub use outbox_sweep::sweep_outbox;
pub use program::{StartError, run};
pub use queue::QueueRole;
pub use relay::RelayRole;
