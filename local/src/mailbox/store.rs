//! The mailbox itself.

use std::path::Path;

use ambient::{SharedClock, SharedRandomness};
use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::{
    Summary,
    message::{self, Headers, Message},
    rows::{SCHEMA, insert, moment, summaries, totals},
    search::Search,
};
use crate::database::{Database, DatabaseError};

/// So many of the newest mails are kept.
pub const MAX_MESSAGES: u32 = 20_000;
/// Older ones are deleted whenever so many have arrived.
const TRIM_EVERY: i64 = 100;

/// The built-in mailbox.
#[derive(Clone)]
pub struct Mailbox {
    database: Database,
    clock: SharedClock,
    randomness: SharedRandomness,
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

/// How many mails there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// In the mailbox.
    pub all: u64,
    /// Of these, unread.
    pub unread: u64,
    /// That match.
    pub matching: u64,
    /// Of these, unread.
    pub matching_unread: u64,
}

/// A part of a list, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The mails.
    pub messages: Vec<Summary>,
    /// How many there are besides.
    pub totals: Totals,
}

impl Mailbox {
    /// Opens the mailbox in the file `path`, or in memory.
    ///
    /// # Errors
    /// [`DatabaseError`] if the file cannot be opened or is no database.
    pub fn open(
        path: Option<&Path>,
        clock: SharedClock,
        randomness: SharedRandomness,
    ) -> Result<Self, DatabaseError> {
        Ok(Self {
            database: Database::open(path, SCHEMA)?,
            clock,
            randomness,
        })
    }

    /// Puts the mail `raw` (RFC 5322) into the mailbox, durably, and deletes
    /// the oldest beyond [`MAX_MESSAGES`].
    ///
    /// # Errors
    /// [`DatabaseError`]: it is not in the mailbox.
    pub async fn deliver(&self, raw: Vec<u8>) -> Result<(), DatabaseError> {
        let id = self.randomness.uuid().simple().to_string();
        let created = self.clock.now().as_millisecond();
        self.database
            .run(move |connection| {
                let transaction = connection.transaction()?;
                insert(&transaction, &id, created, &raw)?;
                let number = transaction.last_insert_rowid();
                if number % TRIM_EVERY == 0 {
                    transaction.execute(
                        "DELETE FROM messages WHERE number <= (
                             SELECT number FROM messages ORDER BY number DESC LIMIT 1 OFFSET ?1)",
                        [MAX_MESSAGES],
                    )?;
                }
                transaction.commit()
            })
            .await
    }

    /// The mails that match `search`: `limit` of them, after leaving out the
    /// `start` newest.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn list(
        &self,
        search: Search,
        start: u32,
        limit: u32,
    ) -> Result<Page, DatabaseError> {
        self.database
            .run(move |connection| {
                // One transaction, so that numbers and mails agree.
                let transaction = connection.transaction()?;
                let totals = totals(&transaction, &search)?;
                let messages = summaries(&transaction, &search, start, limit)?;
                transaction.commit()?;
                Ok(Page { messages, totals })
            })
            .await
    }

    /// The mail `id`, or the newest if that is `latest`, which is read by that.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn message(&self, id: &str) -> Result<Option<Message>, DatabaseError> {
        let found = self.find(id, true).await?;
        Ok(found.map(|(id, created, raw)| Message::parse(id, created, &raw)))
    }

    /// The headers of the mail `id`, or of the newest if that is `latest`.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn headers(&self, id: &str) -> Result<Option<Headers>, DatabaseError> {
        let found = self.find(id, false).await?;
        Ok(found.map(|(_, _, raw)| message::headers(&raw)))
    }

    /// The mail `id` as it went over the wire, or the newest if that is
    /// `latest`.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn raw(&self, id: &str) -> Result<Option<Vec<u8>>, DatabaseError> {
        Ok(self.find(id, false).await?.map(|(_, _, raw)| raw))
    }

    /// Deletes the mails `ids`, or all if that is empty. Ids that are not
    /// there are passed over.
    ///
    /// # Errors
    /// [`DatabaseError`]: none was deleted.
    pub async fn delete(&self, ids: Vec<String>) -> Result<(), DatabaseError> {
        self.database
            .run(move |connection| {
                let transaction = connection.transaction()?;
                if ids.is_empty() {
                    transaction.execute("DELETE FROM messages", [])?;
                }
                for id in &ids {
                    transaction
                        .prepare_cached("DELETE FROM messages WHERE id = ?1")?
                        .execute([id])?;
                }
                transaction.commit()
            })
            .await
    }

    async fn find(
        &self,
        id: &str,
        reading: bool,
    ) -> Result<Option<(String, Timestamp, Vec<u8>)>, DatabaseError> {
        // The newest is what `latest` names; ids are 32 hexadecimal digits.
        let id = Some(id.to_owned()).filter(|id| id != "latest");
        self.database
            .run(move |connection| {
                let found = connection
                    .query_row(
                        "SELECT id, created, raw, number FROM messages JOIN contents USING (number)
                         WHERE ?1 IS NULL OR id = ?1 ORDER BY number DESC LIMIT 1",
                        [id],
                        |row| Ok(((row.get(0)?, moment(row, 1)?, row.get(2)?), row.get(3)?)),
                    )
                    .optional()?;
                let Some((found, number)) = found else {
                    return Ok(None);
                };
                if reading {
                    let number: i64 = number;
                    connection
                        .execute("UPDATE messages SET read = 1 WHERE number = ?1", [number])?;
                }
                Ok(Some(found))
            })
            .await
    }
}
