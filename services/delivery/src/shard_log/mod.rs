//! One issue in one shard, as an append-only log: claims, results, pauses,
//! removals and late arrivals in a single order. Pure: the clock, randomness,
//! the table and the mail side are around it.
//!
//! SES (like SMTP) has no idempotency token. So a [`Claim`] is appended before
//! the mail call, and a claim that nobody settled tells that nobody knows: its
//! ids are held. **Nobody is mailed twice, nobody is skipped in silence, what
//! cannot be known is held, counted, shown, and settled by evidence.**
//!
//! - A [`Row`] is appended under the number that the writer's [`Fold`] expects,
//!   if no item is there. Who finds the number taken folds the new rows and
//!   decides again. [`Stored`] reads rows back.
//! - [`Fold::apply`] folds a row, and [`Fold::admits`] says whether one can
//!   follow: to be asked before each append.
//! - [`Fold::decide`] says what a worker does next. The loop around it:
//!   1. Fold the whole log; [`Worker::observe`] every row that is folded, from
//!      whomever, and then [`Ahead::forget`].
//!   2. Do the [`Step`], and decide again. After an append whose answer did not
//!      come, read the new rows first. A read that fails while a claim is open
//!      is no reason to end: decide again with `must_stop`, so that it is
//!      settled.
//!   3. Put [`Fold::exceptions`] of the row, if there are any, into the outbox in
//!      the transaction of the row; ask [`needs_start`] likewise.
//! - The projection adds [`projection_rows`], and a start if
//!   [`late_needs_start`]; feedback adds what [`heed`] says, where that
//!   [has an effect](Fold::is_news); an admin's decision is carried out by [`Fold::resolve`], which also lists the issue in the head
//!   again.
//!
//! See `docs/adr/0011-the-shard-log.md`.

mod admit;
mod batch;
mod bytes;
mod call;
mod claimed;
mod control;
mod decide;
mod effect;
mod feedback;
mod fold;
mod outcomes;
mod projection;
mod resolve;
mod row;
mod settlement;
mod start;
mod stored;
mod streak;
mod worker;

#[cfg(test)]
mod tests;

pub(crate) use admit::FoldError;
pub(crate) use batch::{Ahead, BatchSize};
pub(crate) use call::{MAX_UNEXPLAINED, MailResult};
pub(crate) use decide::{Circumstances, End, Step};
pub(crate) use effect::{News, Notable, Told};
pub(crate) use feedback::{Feedback, Heard, heed};
pub(crate) use fold::Fold;
pub(crate) use outcomes::Outcome;
pub(crate) use projection::{
    Change, Crossing, late_needs_start, rows as projection_rows,
    rows_when_over as projection_rows_when_over,
};
pub(crate) use resolve::{Decision, Resolution};
pub(crate) use row::{Action, Author, Body, Control, Done, MAX_IDS, Removal, Row};
pub(crate) use start::needs_start;
pub(crate) use stored::{CorruptRow, Stored, item, key, partition};
pub(crate) use streak::{MAX_UNCLEAR, UNCLEAR_IN_A_ROW};
pub(crate) use worker::{Called, Worker};
