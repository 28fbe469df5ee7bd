//! A list as it comes in: checked as a whole, and split into parts.

use super::{
    Columns, Part,
    records::{NeverClosed, Record, Records, line_ends},
};

/// The most bytes of one list: with it, a request still fits through Lambda.
pub(crate) const MAX_LIST_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of one row: a quotation mark that swallows what follows is
/// found, and a part with such a row at its end is stored.
const MAX_ROW_BYTES: usize = 64 * 1024;
/// A part ends before the row that would take it beyond so many bytes. With
/// keys and names of attributes it stays below DynamoDB's 400 KB of an item.
const MAX_PART_BYTES: usize = 300 * 1000;
/// The byte order mark that some programs write at the beginning (U+FEFF).
const BYTE_ORDER_MARK: char = '\u{feff}';
/// What to do instead, for people.
const EXPECTED: &str = "The first line must be: email,name";

/// A list that can be worked off.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CheckedList<'a> {
    /// How many rows there are, good or bad.
    pub(crate) rows: u64,
    /// The list without its header, split between rows; none without rows.
    pub(crate) parts: Vec<PartOfText<'a>>,
    pub(super) columns: Columns,
}

/// Where a part of a list stands in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PartOfText<'a> {
    list: &'a str,
    line: u64,
    start: usize,
    end: usize,
}

impl PartOfText<'_> {
    /// The part, apart from the list.
    pub(crate) fn cut_out(&self) -> Part {
        Part {
            line: self.line,
            text: self.list[self.start..self.end].to_owned(),
        }
    }
}

/// Why a list is not taken in at all, for people. No text of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidList {
    #[error("The list is too long: at most 4 MB are taken at once. Import it in several parts.")]
    TooLong,
    #[error("There is nothing in the list. {EXPECTED}")]
    Empty,
    #[error("The list is not in UTF-8: line {line} has other bytes. Save it as CSV in UTF-8.")]
    NotUtf8 { line: u64 },
    #[error("Line {line} has a NUL character. Save the list as CSV in UTF-8.")]
    Nul { line: u64 },
    #[error("The columns are separated by {separator}. Separate them by commas. {EXPECTED}")]
    Separator { separator: &'static str },
    #[error("The first line does not name the column \"{column}\". {EXPECTED}")]
    NoColumn { column: &'static str },
    #[error("The first line names the column \"{column}\" twice. {EXPECTED}")]
    ColumnTwice { column: &'static str },
    #[error("A quotation mark in the row that begins on line {line} is never closed.")]
    NeverClosed { line: u64 },
    #[error(
        "The row that begins on line {line} is longer than 64 KiB. Is a quotation mark not closed?"
    )]
    RowTooLong { line: u64 },
}

impl From<NeverClosed> for InvalidList {
    fn from(NeverClosed { line }: NeverClosed) -> Self {
        Self::NeverClosed { line }
    }
}

impl<'a> CheckedList<'a> {
    /// Checks what concerns `bytes` as a whole. What is wrong with a single row
    /// is told when it is worked off.
    ///
    /// # Errors
    /// See [`InvalidList`].
    pub(crate) fn check(bytes: &'a [u8]) -> Result<Self, InvalidList> {
        let text = text(bytes)?;
        let mut records = Records::new(text, 1);
        let header = records.next()?.ok_or(InvalidList::Empty)?;
        let columns = columns(&header)?;
        let mut records = records.with_columns(columns);
        let mut list = Self {
            rows: 0,
            parts: Vec::new(),
            columns,
        };
        while let Some(row) = records.next()? {
            if row.end - row.start > MAX_ROW_BYTES {
                return Err(InvalidList::RowTooLong { line: row.line });
            }
            if is_blank(&row) {
                continue;
            }
            list.rows += 1;
            match list.parts.last_mut() {
                Some(part) if row.end - part.start <= MAX_PART_BYTES => part.end = row.end,
                _ => list.parts.push(PartOfText {
                    list: text,
                    line: row.line,
                    start: row.start,
                    end: row.end,
                }),
            }
        }
        Ok(list)
    }
}

/// Whether a row is nothing but white space: no row, for people. A stray
/// quotation mark is something, whatever of it is in this part of the list.
pub(super) fn is_blank(row: &Record<'_>) -> bool {
    !row.has_stray_quote
        && row.fields.len() <= 1
        && row.fields.iter().all(|field| field.trim().is_empty())
}

fn text(bytes: &[u8]) -> Result<&str, InvalidList> {
    if bytes.len() > MAX_LIST_BYTES {
        return Err(InvalidList::TooLong);
    }
    let line_of = |end: usize| 1 + line_ends(&bytes[..end]);
    let text = std::str::from_utf8(bytes).map_err(|error| InvalidList::NotUtf8 {
        line: line_of(error.valid_up_to()),
    })?;
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(InvalidList::Nul { line: line_of(at) });
    }
    Ok(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))
}

/// Finds the columns by their names, in any case, among any others.
fn columns(header: &Record<'_>) -> Result<Columns, InvalidList> {
    if header.fields.len() == 1 {
        for (character, separator) in [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")] {
            if header.fields[0].contains(character) {
                return Err(InvalidList::Separator { separator });
            }
        }
    }
    let find = |column: &'static str| {
        let named = |field: &str| field.trim().eq_ignore_ascii_case(column);
        let mut found = header.fields.iter().enumerate();
        let mut found = found.by_ref().filter(|(_, field)| named(field));
        let (place, _) = found.next().ok_or(InvalidList::NoColumn { column })?;
        match found.next() {
            None => Ok(place),
            Some(_) => Err(InvalidList::ColumnTwice { column }),
        }
    };
    Ok(Columns {
        email: find("email")?,
        name: find("name")?,
        all: header.fields.len(),
    })
}
