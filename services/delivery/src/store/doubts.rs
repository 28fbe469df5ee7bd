//! `DOUBT#<event id>`: confirmation mails of which nobody knows whether they
//! left.

use dynamo::{Condition, Item, Key, ReadError, Table, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Longer than a queue and its dead letters keep the message.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Default, Serialize, Deserialize)]
struct Doubts {
    mails: u32,
}

/// How many mails of this event are in doubt.
pub(crate) async fn count(table: &Table, event_id: Uuid) -> Result<u32, ReadError> {
    let found: Option<Doubts> = table.get(&key(event_id)).await?;
    Ok(found.unwrap_or_default().mails)
}

/// Writes how many there are.
pub(crate) fn write(transaction: &mut Transaction, event_id: Uuid, mails: u32, now: Timestamp) {
    let item = Item::new(&key(event_id), &Doubts { mails }).expiring(now + REMEMBERED);
    transaction.put("doubt", item, Condition::Always);
}

fn key(event_id: Uuid) -> Key {
    Key::alone(format!("DOUBT#{event_id}"))
}
