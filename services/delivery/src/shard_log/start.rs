//! Who appends a row that creates work when none runs queues its start.

use super::{
    fold::Fold,
    row::{Action, Body},
};

/// Whether the row `body`, which made `after` of a log that was `done` or not,
/// needs the start of an execution in its own transaction. The execution is
/// named by the issue, the shard and the row's number.
///
/// That the shard is paused is no reason against it: nobody can resume the issue
/// if it is delivered, or just about to be, and then its workers resume by
/// themselves. Otherwise the execution meets the pause, and ends.
pub(crate) fn needs_start(was_done: bool, after: &Fold, body: &Body) -> bool {
    let is_paused = after.controls().is_paused();
    let sets_going = match body {
        Body::Late(_) | Body::Evidence(_) => was_done || is_paused,
        Body::Control(control) => control.action != Action::Pause && !is_paused,
        Body::Claim(_) | Body::Settle(_) | Body::Takeover(_) => false,
        Body::Removed(_) | Body::Done(_) | Body::CarriedOut(_) => false,
    };
    sets_going && !after.is_done()
}
