//! How full a queue is.

use std::time::Duration;

use rusqlite::params;

use super::{DatabaseError, Queue};

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// Ready to be received.
    pub visible: u64,
    /// Being handled, or waiting for their next attempt.
    pub invisible: u64,
    /// Given up on.
    pub dead: u64,
}

impl Queue {
    /// How long it is until the next message is visible; none if the queue is
    /// empty.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn until_next(&self) -> Result<Option<Duration>, DatabaseError> {
        let (name, now) = (self.name, self.queues.clock.now());
        let next: Option<i64> = self
            .queues
            .database
            .run(move |connection| {
                connection.query_row(
                    "SELECT min(visible_at) FROM messages WHERE queue = ?1",
                    [name],
                    |row| row.get(0),
                )
            })
            .await?;
        Ok(next.map(|next| Duration::from_millis(u64::try_from(next - now).unwrap_or_default())))
    }

    /// How many messages there are.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn depth(&self) -> Result<Depth, DatabaseError> {
        let (name, now) = (self.name, self.queues.clock.now());
        self.queues
            .database
            .run(move |connection| {
                connection.query_row(
                    "SELECT (SELECT count(*) FROM messages WHERE queue = ?1 AND visible_at <= ?2),
                            (SELECT count(*) FROM messages WHERE queue = ?1 AND visible_at > ?2),
                            (SELECT count(*) FROM dead_letters WHERE queue = ?1)",
                    params![name, now],
                    |row| {
                        Ok(Depth {
                            visible: row.get(0)?,
                            invisible: row.get(1)?,
                            dead: row.get(2)?,
                        })
                    },
                )
            })
            .await
    }
}
