//! The queues' tables, and what is done to messages.

use std::time::Duration;

use rusqlite::{Row, named_params, params};

use super::{
    DatabaseError, MAX_RECEIVED_AT_ONCE, MAX_RECEIVES, Message, NewMessage, Queue, Queues,
    RETENTION, VISIBILITY_TIMEOUT, backoff, milliseconds,
};

/// Times are in milliseconds since the epoch.
pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS messages (
        id            INTEGER PRIMARY KEY AUTOINCREMENT,
        queue         TEXT NOT NULL,
        body          TEXT NOT NULL,
        trace_header  TEXT,
        sent_at       INTEGER NOT NULL,
        visible_at    INTEGER NOT NULL,
        receive_count INTEGER NOT NULL DEFAULT 0,
        receipt       TEXT UNIQUE,
        last_failure  TEXT
    );
    CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_at);
    CREATE TABLE IF NOT EXISTS dead_letters (
        id            INTEGER PRIMARY KEY AUTOINCREMENT,
        queue         TEXT NOT NULL,
        body          TEXT NOT NULL,
        trace_header  TEXT,
        sent_at       INTEGER NOT NULL,
        died_at       INTEGER NOT NULL,
        receive_count INTEGER NOT NULL,
        reason        TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS dead_letters_by_queue ON dead_letters (queue, id);
";

/// The reason of a message that was received too often, if nobody ever said
/// what failed: each time the process ended before it was handled.
const NEVER_SETTLED: &str = "received too often, and never settled";

impl Queues {
    /// Sends all of `messages`, or none, durably.
    ///
    /// # Errors
    /// [`DatabaseError`]: none was sent.
    pub async fn send(&self, messages: Vec<NewMessage>) -> Result<(), DatabaseError> {
        if messages.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut names: Vec<_> = messages.iter().map(|message| message.queue).collect();
        names.sort_unstable();
        names.dedup();
        self.database
            .run(move |connection| {
                let transaction = connection.transaction()?;
                for message in messages {
                    transaction
                        .prepare_cached(
                            "INSERT INTO messages (queue, body, trace_header, sent_at, visible_at)
                         VALUES (?1, ?2, ?3, ?4, ?4)",
                        )?
                        .execute(params![
                            message.queue,
                            message.body,
                            message.trace_header,
                            now
                        ])?;
                }
                transaction.commit()
            })
            .await?;
        for name in names {
            self.wake(name);
        }
        Ok(())
    }

    /// Deletes messages and dead letters past [`RETENTION`]; tells how many.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn delete_expired(&self) -> Result<usize, DatabaseError> {
        let oldest = self.clock.now() - milliseconds(RETENTION);
        self.database
            .run(move |connection| {
                let transaction = connection.transaction()?;
                let messages =
                    transaction.execute("DELETE FROM messages WHERE sent_at < ?1", [oldest])?;
                let letters =
                    transaction.execute("DELETE FROM dead_letters WHERE died_at < ?1", [oldest])?;
                transaction.commit()?;
                Ok(messages + letters)
            })
            .await
    }

    pub(super) async fn make_all_visible(&self) -> Result<(), DatabaseError> {
        let now = self.clock.now();
        self.database
            .run(move |connection| {
                connection.execute("UPDATE messages SET visible_at = ?1, receipt = NULL", [now])
            })
            .await?;
        Ok(())
    }
}

impl Queue {
    /// Receives up to `most` visible messages, [`MAX_RECEIVED_AT_ONCE`] at
    /// most, which are invisible for [`VISIBILITY_TIMEOUT`] from now. Those
    /// that were received too often become dead letters instead.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn receive(&self, most: usize) -> Result<Vec<Message>, DatabaseError> {
        let (name, now) = (self.name, self.queues.clock.now());
        let most = i64::try_from(most.min(MAX_RECEIVED_AT_ONCE)).unwrap_or_default();
        let (messages, died) = self
            .queues
            .database
            .run(move |connection| {
                let transaction = connection.transaction()?;
                let died = transaction
                    .prepare_cached(
                        "INSERT INTO dead_letters
                         (queue, body, trace_header, sent_at, died_at, receive_count, reason)
                     SELECT queue, body, trace_header, sent_at, :now, receive_count,
                            coalesce(last_failure, :never)
                     FROM messages
                     WHERE queue = :queue AND visible_at <= :now AND receive_count >= :max",
                    )?
                    .execute(named_params! {
                        ":queue": name, ":now": now, ":max": MAX_RECEIVES, ":never": NEVER_SETTLED,
                    })?;
                if died > 0 {
                    transaction.execute(
                        "DELETE FROM messages
                         WHERE queue = ?1 AND visible_at <= ?2 AND receive_count >= ?3",
                        params![name, now, MAX_RECEIVES],
                    )?;
                }
                let mut messages = transaction
                    .prepare_cached(
                        "UPDATE messages
                     SET receive_count = receive_count + 1, visible_at = :until,
                         receipt = lower(hex(randomblob(16)))
                     WHERE id IN (SELECT id FROM messages
                                  WHERE queue = :queue AND visible_at <= :now
                                  ORDER BY visible_at, id LIMIT :most)
                     RETURNING id, receipt, body, trace_header, receive_count",
                    )?
                    .query_map(
                        named_params! {
                            ":queue": name, ":now": now, ":most": most,
                            ":until": now + milliseconds(VISIBILITY_TIMEOUT),
                        },
                        message,
                    )?
                    .collect::<rusqlite::Result<Vec<_>>>()?;
                transaction.commit()?;
                messages.sort_by_key(|message| message.id);
                Ok((messages, died))
            })
            .await?;
        if died > 0 {
            tracing::error!(
                queue = name,
                died,
                "messages that were never settled became dead letters"
            );
        }
        Ok(messages)
    }

    /// Deletes a message that was handled. A receipt that is void deletes
    /// nothing: somebody else has the message now.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn delete(&self, receipt: &str) -> Result<(), DatabaseError> {
        let receipt = receipt.to_owned();
        self.change(move |connection| {
            connection
                .prepare_cached("DELETE FROM messages WHERE receipt = ?1")?
                .execute([receipt])
        })
        .await
    }

    /// Keeps a message that is still being handled invisible for another
    /// [`VISIBILITY_TIMEOUT`] from now.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn extend(&self, receipt: &str) -> Result<(), DatabaseError> {
        let until = self.queues.clock.now() + milliseconds(VISIBILITY_TIMEOUT);
        let receipt = receipt.to_owned();
        self.change(move |connection| {
            connection.execute(
                "UPDATE messages SET visible_at = ?2 WHERE receipt = ?1",
                params![receipt, until],
            )
        })
        .await
    }

    /// Gives a message back that was not handled for `reason`: it is visible
    /// again after its [`backoff`].
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn retry_later(
        &self,
        message: &Message,
        reason: String,
    ) -> Result<(), DatabaseError> {
        let wait = if message.receive_count >= MAX_RECEIVES {
            Duration::ZERO
        } else {
            backoff(message.receive_count)
        };
        let visible_at = self.queues.clock.now() + milliseconds(wait);
        let receipt = message.receipt.clone();
        self.change(move |connection| {
            connection.execute(
                "UPDATE messages SET visible_at = ?2, receipt = NULL, last_failure = ?3
                 WHERE receipt = ?1",
                params![receipt, visible_at, reason],
            )
        })
        .await
    }

    async fn change<F>(&self, work: F) -> Result<(), DatabaseError>
    where
        F: FnOnce(&mut rusqlite::Connection) -> rusqlite::Result<usize> + Send + 'static,
    {
        self.queues.database.run(work).await?;
        Ok(())
    }
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        receipt: row.get(1)?,
        body: row.get(2)?,
        trace_header: row.get(3)?,
        receive_count: row.get(4)?,
    })
}
