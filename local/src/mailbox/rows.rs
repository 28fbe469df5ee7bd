//! The mailbox's tables.

use jiff::Timestamp;
use mail_parser::decoders::html::html_to_text;
use rusqlite::{Connection, Row, ToSql, params};

use super::{
    Message, Search, Summary, Totals,
    summary::{self, Address},
};

/// What a list needs stands apart from the content, so that reading a list
/// reads no mails. `*_search` is in lower case.
pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS messages (
        number         INTEGER PRIMARY KEY AUTOINCREMENT,
        id             TEXT NOT NULL UNIQUE,
        message_id     TEXT NOT NULL,
        read           INTEGER NOT NULL DEFAULT 0,
        people         TEXT NOT NULL,
        subject        TEXT NOT NULL,
        created        INTEGER NOT NULL,
        size           INTEGER NOT NULL,
        attachments    INTEGER NOT NULL,
        snippet        TEXT NOT NULL,
        to_search      TEXT NOT NULL,
        from_search    TEXT NOT NULL,
        subject_search TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS unread ON messages (number) WHERE read = 0;
    CREATE TABLE IF NOT EXISTS contents (
        number      INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
        raw         BLOB NOT NULL,
        text_search TEXT NOT NULL
    );
    PRAGMA foreign_keys = ON;
";

/// Everybody in a mail's headers, as it is stored.
type People = (
    Address,
    Vec<Address>,
    Vec<Address>,
    Vec<Address>,
    Vec<Address>,
);

pub(super) fn insert(
    connection: &Connection,
    id: &str,
    created: i64,
    raw: &[u8],
) -> rusqlite::Result<()> {
    let created_at = Timestamp::from_millisecond(created).unwrap_or(Timestamp::UNIX_EPOCH);
    let message = Message::parse(id.to_owned(), created_at, raw);
    let people: People = (
        message.from,
        message.to,
        message.cc,
        message.bcc,
        message.reply_to,
    );
    let readable = if message.text.is_empty() {
        html_to_text(&message.html)
    } else {
        message.text
    };
    connection
        .prepare_cached(
            "INSERT INTO messages (id, message_id, people, subject, created, size, attachments,
                                   snippet, to_search, from_search, subject_search)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            id,
            message.message_id,
            serde_json::to_string(&people).map_err(not_json)?,
            message.subject,
            created,
            i64::try_from(raw.len()).unwrap_or(i64::MAX),
            i64::try_from(message.attachments.len()).unwrap_or(i64::MAX),
            summary::snippet(&readable),
            searchable(people.1.iter().chain(&people.2).chain(&people.3)),
            searchable([&people.0]),
            message.subject.to_lowercase(),
        ])?;
    connection
        .prepare_cached("INSERT INTO contents (number, raw, text_search) VALUES (?1, ?2, ?3)")?
        .execute(params![
            connection.last_insert_rowid(),
            raw,
            readable.to_lowercase()
        ])?;
    Ok(())
}

fn searchable<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> String {
    let lines = addresses
        .into_iter()
        .map(|it| format!("{} <{}>", it.name, it.address).to_lowercase());
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn totals(connection: &Connection, search: &Search) -> rusqlite::Result<Totals> {
    let (condition, values) = search.condition();
    connection.query_row(
        &format!(
            "SELECT (SELECT count(*) FROM messages),
                    (SELECT count(*) FROM messages WHERE read = 0),
                    count(*), coalesce(sum(read = 0), 0)
             FROM messages WHERE {condition}"
        ),
        values.as_slice(),
        |row| {
            Ok(Totals {
                all: row.get(0)?,
                unread: row.get(1)?,
                matching: row.get(2)?,
                matching_unread: row.get(3)?,
            })
        },
    )
}

pub(super) fn summaries(
    connection: &Connection,
    search: &Search,
    start: u32,
    limit: u32,
) -> rusqlite::Result<Vec<Summary>> {
    let (condition, mut values) = search.condition();
    values.extend([&limit as &dyn ToSql, &start]);
    let (limit_at, start_at) = (values.len() - 1, values.len());
    connection
        .prepare_cached(&format!(
            "SELECT id, message_id, read, people, subject, created, size, attachments, snippet
             FROM messages WHERE {condition}
             ORDER BY number DESC LIMIT ?{limit_at} OFFSET ?{start_at}"
        ))?
        .query_map(values.as_slice(), summary_of)?
        .collect()
}

fn summary_of(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let people: String = row.get(3)?;
    let people: People = serde_json::from_str(&people).map_err(not_json)?;
    let attachments: u32 = row.get(7)?;
    Ok(Summary {
        id: row.get(0)?,
        message_id: row.get(1)?,
        read: row.get(2)?,
        from: people.0,
        to: people.1,
        cc: people.2,
        bcc: people.3,
        reply_to: people.4,
        subject: row.get(4)?,
        created: moment(row, 5)?,
        size: row.get(6)?,
        attachments: attachments as usize,
        tags: [],
        snippet: row.get(8)?,
    })
}

pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    // Out of range only if somebody edited the file.
    Ok(Timestamp::from_millisecond(row.get(column)?).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn not_json(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}
