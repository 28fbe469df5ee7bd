//! An import: a list of subscribers that an admin vouches for, and how far it
//! is worked off.

mod list;
mod records;
mod rows;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use list::{CheckedList, InvalidList, MAX_LIST_BYTES};
pub(crate) use rows::{Chunk, Row, next_chunk};

/// The first so many rejected rows are kept with their reasons; all are counted.
pub(crate) const MAX_REJECTIONS: usize = 100;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ImportStatus {
    /// Being worked off, or waiting for it.
    Running,
    /// Every row has had its effect.
    Finished,
    /// It cannot go on: a part of the list is gone.
    Failed,
}

impl ImportStatus {
    /// The status as programs read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }
}

/// A row that is no subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rejection {
    /// The line of the file on which the row begins, counted from 1.
    pub(crate) line: u64,
    /// Why, for people; without address and name.
    pub(crate) reason: String,
}

/// Which field of a row is what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Columns {
    pub(super) email: usize,
    pub(super) name: usize,
    /// How many the header names.
    pub(super) all: usize,
}

/// Some rows of a list, as they stand in it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// The line of the file on which it begins, counted from 1.
    pub(super) line: u64,
    pub(super) text: String,
}

/// Without the text, which tells who somebody is.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

/// A place between two rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The part, counted from 0.
    pub(crate) part: usize,
    /// How many bytes of the part are before it.
    pub(crate) byte: usize,
    /// How many lines of the part are before it.
    pub(crate) lines: u64,
}

impl Place {
    /// The beginning of the part with that number.
    pub(crate) const fn at_part(part: usize) -> Self {
        Self {
            part,
            byte: 0,
            lines: 0,
        }
    }
}

/// An import as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Import {
    pub(crate) id: Uuid,
    /// The user who vouches for the list.
    pub(crate) author: Uuid,
    pub(crate) status: ImportStatus,
    /// All rows of the list.
    pub(crate) rows: u64,
    /// Rows that made somebody a confirmed subscriber.
    pub(crate) imported: u64,
    /// Rows with an address that was known: confirmed, gone, or doubled.
    pub(crate) already_known: u64,
    /// Rows that are no subscriber.
    pub(crate) rejected: u64,
    /// The first [`MAX_REJECTIONS`] of them.
    pub(crate) rejections: Vec<Rejection>,
    pub(crate) started_at: Timestamp,
    /// When something was last worked off.
    pub(crate) updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) finished_at: Option<Timestamp>,
    /// Which column is what.
    pub(crate) columns: Columns,
    /// Into how many parts the list is split.
    pub(crate) parts: usize,
    /// Where the rows begin that are not worked off.
    pub(crate) next: Place,
    /// How many events there were about it.
    pub(crate) events: u32,
    /// W3C Trace Context of the request that began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) traceparent: Option<String>,
    /// Grows by one with each change.
    pub(crate) version: u64,
}

/// What became of a chunk of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) imported: u64,
    pub(crate) already_known: u64,
    /// In the order of their lines.
    pub(crate) rejections: Vec<Rejection>,
    /// Where the next chunk begins.
    pub(crate) next: Place,
}

impl Import {
    /// An import of `list` by `author`, which is finished if there are no rows.
    pub(crate) fn begin(
        id: Uuid,
        author: Uuid,
        list: &CheckedList<'_>,
        traceparent: Option<String>,
        now: Timestamp,
    ) -> Self {
        let begun = Self {
            id,
            author,
            status: ImportStatus::Running,
            rows: list.rows,
            imported: 0,
            already_known: 0,
            rejected: 0,
            rejections: Vec::new(),
            started_at: now,
            updated_at: now,
            finished_at: None,
            columns: list.columns,
            parts: list.parts.len(),
            next: Place::at_part(0),
            events: 0,
            traceparent,
            version: 1,
        };
        begun.finished_if_done(now)
    }

    /// Whether there is more to do.
    pub(crate) fn is_running(&self) -> bool {
        self.status == ImportStatus::Running
    }

    /// Rows that were worked off.
    pub(crate) fn done(&self) -> u64 {
        self.imported + self.already_known + self.rejected
    }

    /// The import after a chunk of its rows had its effect.
    pub(crate) fn advance(&self, outcome: Outcome, now: Timestamp) -> Self {
        let mut advanced = self.next_version(now);
        advanced.imported += outcome.imported;
        advanced.already_known += outcome.already_known;
        advanced.rejected += outcome.rejections.len() as u64;
        let room = MAX_REJECTIONS - advanced.rejections.len().min(MAX_REJECTIONS);
        let kept = outcome.rejections.into_iter().take(room);
        advanced.rejections.extend(kept);
        advanced.events += u32::from(outcome.imported > 0);
        advanced.next = outcome.next;
        advanced.finished_if_done(now)
    }

    /// The import after it turned out that it can never go on.
    pub(crate) fn fail(&self, now: Timestamp) -> Self {
        Self {
            status: ImportStatus::Failed,
            finished_at: Some(now),
            ..self.next_version(now)
        }
    }

    fn finished_if_done(mut self, now: Timestamp) -> Self {
        if self.next.part >= self.parts {
            self.status = ImportStatus::Finished;
            self.finished_at = Some(now);
        }
        self
    }

    fn next_version(&self, now: Timestamp) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests;
