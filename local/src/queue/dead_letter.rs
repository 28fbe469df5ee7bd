//! Messages that were given up on, until somebody sends them once more.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::{DatabaseError, Message, Queue, Queues};

/// A message that was given up on.
#[derive(Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Names it.
    pub id: i64,
    /// The queue it was in.
    pub queue: String,
    /// What it says.
    pub body: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was given up on.
    pub died_at: Timestamp,
    /// How often it was received.
    pub receive_count: u32,
    /// Why it was given up on.
    pub reason: String,
}

/// Without the body, which tells who somebody is.
impl fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("id", &self.id)
            .field("queue", &self.queue)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl Queue {
    /// Gives up on a message at once, for `reason`.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn bury(&self, message: &Message, reason: String) -> Result<(), DatabaseError> {
        let now = self.queues.clock.now();
        let receipt = message.receipt.clone();
        self.queues
            .database
            .run(move |connection| {
                let transaction = connection.transaction()?;
                transaction.execute(
                    "INSERT INTO dead_letters
                         (queue, body, trace_header, sent_at, died_at, receive_count, reason)
                     SELECT queue, body, trace_header, sent_at, ?2, receive_count, ?3
                     FROM messages WHERE receipt = ?1",
                    params![receipt, now, reason],
                )?;
                transaction.execute("DELETE FROM messages WHERE receipt = ?1", [receipt])?;
                transaction.commit()
            })
            .await
    }
}

impl Queues {
    /// The newest dead letters of all queues, `most` at most.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn dead_letters(&self, most: u32) -> Result<Vec<DeadLetter>, DatabaseError> {
        self.database
            .run(move |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, queue, body, sent_at, died_at, receive_count, reason
                         FROM dead_letters ORDER BY id DESC LIMIT ?1",
                    )?
                    .query_map([most], dead_letter)?
                    .collect()
            })
            .await
    }

    /// Sends the dead letter `id` once more, as if for the first time; `false`
    /// if there is none.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn redrive(&self, id: i64) -> Result<bool, DatabaseError> {
        let now = self.clock.now();
        let queue: Option<String> = self
            .database
            .run(move |connection| {
                let transaction = connection.transaction()?;
                let queue = transaction
                    .query_row(
                        "INSERT INTO messages (queue, body, trace_header, sent_at, visible_at)
                         SELECT queue, body, trace_header, ?2, ?2 FROM dead_letters WHERE id = ?1
                         RETURNING queue",
                        params![id, now],
                        |row| row.get(0),
                    )
                    .optional()?;
                transaction.execute("DELETE FROM dead_letters WHERE id = ?1", [id])?;
                transaction.commit()?;
                Ok(queue)
            })
            .await?;
        if let Some(queue) = &queue {
            self.wake(queue);
        }
        Ok(queue.is_some())
    }

    /// Sends all dead letters once more; tells how many there were.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn redrive_all(&self) -> Result<usize, DatabaseError> {
        let now = self.clock.now();
        let redriven = self
            .database
            .run(move |connection| {
                let transaction = connection.transaction()?;
                let redriven = transaction.execute(
                    "INSERT INTO messages (queue, body, trace_header, sent_at, visible_at)
                     SELECT queue, body, trace_header, ?1, ?1 FROM dead_letters ORDER BY id",
                    [now],
                )?;
                transaction.execute("DELETE FROM dead_letters", [])?;
                transaction.commit()?;
                Ok(redriven)
            })
            .await?;
        for name in self.wakers.keys() {
            self.wake(name);
        }
        Ok(redriven)
    }
}

fn dead_letter(row: &Row<'_>) -> rusqlite::Result<DeadLetter> {
    Ok(DeadLetter {
        id: row.get(0)?,
        queue: row.get(1)?,
        body: row.get(2)?,
        sent_at: moment(row.get(3)?),
        died_at: moment(row.get(4)?),
        receive_count: row.get(5)?,
        reason: row.get(6)?,
    })
}

fn moment(milliseconds: i64) -> Timestamp {
    // Out of range only if somebody edited the file.
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
