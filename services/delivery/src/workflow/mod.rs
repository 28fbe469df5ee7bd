//! The sending of an issue, as the steps of a workflow.

mod in_flight;
mod run;
mod steps;
mod stop;

pub(crate) use in_flight::InFlight;
pub use run::{IssueRun, ShardOutcome, StepError, WorkerId};
pub use steps::Steps;
pub(crate) use stop::Stop;

/// Recipients are spread over this many shards, numbered from 0.
pub const SHARDS: u16 = crate::domain::shard::SHARDS;
