//! Who appends a row that creates work when none runs queues its start.

use super::{
    fold::Fold,
    row::{Action, Body},
};

/// Whether the row `body`, which made `after` of a log that was `done` or not,
/// needs the start of an execution in its own transaction. The execution is
/// named by the issue, the shard and the row's number.
pub(crate) fn needs_start(was_done: bool, after: &Fold, body: &Body) -> bool {
    let has_work = !after.is_done();
    let may_run = !after.controls().is_paused();
    let sets_going = matches!(
        body,
        Body::Control(control) if matches!(control.action, Action::Resume | Action::Cancel)
    );
    has_work && may_run && (was_done || sets_going)
}
