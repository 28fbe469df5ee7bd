//! One DynamoDB table as both services use it.
//!
//! A table has a string partition key `pk`, a string sort key `sk`, an
//! optional `expires_at` (seconds since the epoch, DynamoDB's time to live)
//! and one sparse index, `listing`, over `list` and `list_order`. Reads that
//! decide are strongly consistent. **The only write of state is a
//! [`Transaction`]**, so that state and the events about it cannot part; an item
//! that is all there is to write is [appended](Table::append) to a log.

mod append;
mod commit;
mod condition;
mod discard;
mod error;
mod item;
mod many;
mod read;
mod schema;
mod size;
mod transaction;

pub use condition::Condition;
pub use error::{CommitError, ReadError, describe};
pub use item::{Item, Key};
pub use read::{Page, Query, Table};
pub use schema::{
    EXPIRES_AT, LIST_KEY, LIST_ORDER, LISTING_INDEX, PARTITION_KEY, SORT_KEY, create_table,
};
pub use size::WRITE_UNIT_BYTES;
pub use transaction::{MAX_ACTIONS, Transaction};
