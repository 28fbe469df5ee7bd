//! What delivery does, one file each, to be read from top to bottom.

pub(crate) mod accept_issue;
mod allowance;
mod change_issue;
pub(crate) mod control_issue;
pub(crate) mod finish_issue;
mod hand_over;
pub(crate) mod hear_feedback;
mod issue_call;
mod log;
mod pace;
pub(crate) mod plan_issue;
pub(crate) mod project_subscriber;
mod report;
mod report_counts;
pub(crate) mod report_progress;
pub(crate) mod resolve_held;
pub(crate) mod send_confirmation;
pub(crate) mod send_shard;
mod shift;
mod start;
pub(crate) mod sweep_issues;
mod tell_pause;
mod turn;
mod unclear_calls;

pub(crate) use allowance::Allowance;
pub(crate) use pace::Pace;
pub(crate) use turn::Turns;
pub(crate) use unclear_calls::UnclearCalls;

/// How often a decision is made again because what it was made upon moved.
const MAX_DECISIONS: u32 = 20;
