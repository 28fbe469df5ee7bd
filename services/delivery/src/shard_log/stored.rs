//! Where a row lies in the table, and how it is read back.

use dynamo::{Item, Key};
use serde::Deserialize;
use uuid::Uuid;

use super::{admit::fault, row::Row};
use crate::domain::shard::Shard;

/// The digits of a row's number in its sort key, so that keys sort as numbers.
const DIGITS: usize = 8;

/// The partition of the log of an issue in a shard.
pub(crate) fn partition(issue_id: Uuid, shard: Shard) -> String {
    format!("LOG#{}#{shard}", issue_id.simple())
}

/// The key of the row of that number.
pub(crate) fn key(issue_id: Uuid, shard: Shard, number: u64) -> Key {
    Key::new(partition(issue_id, shard), format!("{number:0DIGITS$}"))
}

/// The row as it lies in the table.
pub(crate) fn item(issue_id: Uuid, shard: Shard, number: u64, row: &Row) -> Item {
    Item::new(&key(issue_id, shard, number), row)
}

/// A row that is there and not what this code wrote. Nobody may decide without
/// it: the log's reader stops.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {number} of the shard log is corrupt: {why}")]
pub(crate) struct CorruptRow {
    /// Its number, as the sort key has it.
    number: String,
    why: &'static str,
}

/// A row as a query has it, readable or not.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Stored {
    Row {
        sk: String,
        #[serde(flatten)]
        row: Box<Row>,
    },
    Corrupt {
        sk: String,
    },
}

impl Stored {
    /// The row and its number.
    ///
    /// # Errors
    /// It is not one that this code wrote.
    pub(crate) fn numbered(self) -> Result<(u64, Row), CorruptRow> {
        let corrupt = |sk: String, why| {
            let shown = sk.chars().take(2 * DIGITS).collect();
            Err(CorruptRow { number: shown, why })
        };
        match self {
            Self::Corrupt { sk } => corrupt(sk, "it cannot be decoded"),
            Self::Row { sk, row } => match (number(&sk), fault(&row.body)) {
                (None, _) => corrupt(sk, "that is no number"),
                (_, Some(why)) => corrupt(sk, why),
                (Some(number), None) => Ok((number, *row)),
            },
        }
    }
}

fn number(sort_key: &str) -> Option<u64> {
    let digits = sort_key.len() >= DIGITS && sort_key.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| sort_key.parse().ok()).flatten()
}
