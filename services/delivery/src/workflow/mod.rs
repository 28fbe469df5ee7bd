//! The sending of an issue, as the steps of a workflow.

mod folds;
mod in_flight;
mod run;
mod steps;
mod stop;

pub(crate) use folds::Folds;
pub(crate) use in_flight::InFlight;
pub use run::{Cause, IssueRun, ShardOutcome, StepError, WorkerId};
pub use steps::Steps;
pub(crate) use stop::Stop;

/// Recipients are spread over this many shards, numbered from 0.
pub const SHARDS: u16 = crate::domain::shard::SHARDS;
