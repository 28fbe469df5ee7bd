//! The records of a CSV text (RFC 4180), each with where it stands.

use std::io::{Chain, Read};

use csv::{Reader, ReaderBuilder, StringRecord};

use super::Columns;

/// A record that no list has, put behind the text: who does not meet it has
/// read on in a quoted field that is never closed.
const END: &[u8] = b"\n\0\n";

/// An empty line, put before the text: the reader takes a byte order mark away
/// where it begins, and it can begin anywhere in a list.
const BEGIN: &[u8] = b"\n";

type Framed<'a> = Chain<Chain<&'static [u8], &'a [u8]>, &'static [u8]>;

/// Reads one record after the other.
pub(super) struct Records<'a> {
    text: &'a str,
    reader: Reader<Framed<'a>>,
    record: StringRecord,
    /// Where the reader began.
    base: usize,
    /// What is in which field, once that is known.
    columns: Option<Columns>,
    /// Up to where lines are counted.
    counted: usize,
    line: u64,
}

/// A record, and where it stands.
#[derive(Debug)]
pub(super) struct Record<'r> {
    /// The line on which it begins.
    pub(super) line: u64,
    /// Its first byte in the text.
    pub(super) start: usize,
    /// The first byte behind it and its line end.
    pub(super) end: usize,
    /// Whether a quotation mark in it seems to be a mistake: it is never closed,
    /// or would make further rows a part of an address or a name. The record
    /// then ends with its first line.
    pub(super) has_stray_quote: bool,
    pub(super) fields: &'r StringRecord,
}

/// A quoted field begins in the header on that line, and never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NeverClosed {
    pub(super) line: u64,
}

impl<'a> Records<'a> {
    /// The records of `text`, whose first line has the number `line`. It has
    /// no NUL in it.
    pub(super) fn new(text: &'a str, line: u64) -> Self {
        Self {
            text,
            reader: reader(text),
            record: StringRecord::new(),
            base: 0,
            columns: None,
            counted: 0,
            line,
        }
    }

    /// From now on, records are rows with these columns.
    pub(super) fn with_columns(mut self, columns: Columns) -> Self {
        self.columns = Some(columns);
        self
    }

    /// The next record; none after the last. Empty lines are none.
    ///
    /// # Errors
    /// [`NeverClosed`] before the columns are known.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, NeverClosed> {
        let behind_the_last = self.position();
        let read = self.reader.read_record(&mut self.record);
        let start = self.skip_line_ends(behind_the_last);
        self.line += line_ends(&self.text.as_bytes()[self.counted..start]);
        self.counted = start;
        if start == self.text.len() {
            return Ok(None);
        }
        let end = self.position();
        // The text is UTF-8 and in memory, and records may be of any length:
        // nothing else is there that the reader could refuse.
        let is_closed = read.is_ok() && end <= self.text.len() + 1;
        if !is_closed && self.columns.is_none() {
            return Err(NeverClosed { line: self.line });
        }
        let end = end.min(self.text.len());
        let stray_quote_until = self.stray_quote(start, end, is_closed);
        if let Some(next_line) = stray_quote_until {
            self.base = next_line;
            self.reader = reader(&self.text[next_line..]);
        }
        Ok(Some(Record {
            line: self.line,
            start,
            end: stray_quote_until.unwrap_or(end),
            has_stray_quote: stray_quote_until.is_some(),
            fields: &self.record,
        }))
    }

    /// Where the second line of a row begins, if it is more likely a row of its
    /// own. Neither an address nor a name goes over several lines; any other
    /// column may, if its quotation mark is closed.
    fn stray_quote(&self, start: usize, end: usize, is_closed: bool) -> Option<usize> {
        let columns = self.columns?;
        let first_line = self.text[start..end].find(['\r', '\n']);
        let next_line = first_line.map(|length| self.skip_line_ends(start + length));
        if !is_closed {
            return Some(next_line.unwrap_or(end));
        }
        let next_line = next_line?;
        let breaks = |place: usize| {
            let field = self.record.get(place).unwrap_or_default();
            field.trim().contains(['\r', '\n'])
        };
        if !breaks(columns.email) && !breaks(columns.name) {
            return None;
        }
        self.text[next_line..end].contains('@').then_some(next_line)
    }

    fn position(&self) -> usize {
        let read = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        self.base.saturating_add(read.saturating_sub(BEGIN.len()))
    }

    /// The reader skips empty lines, and the second half of a CR LF, when it
    /// reads on.
    fn skip_line_ends(&self, from: usize) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        from.min(self.text.len()) + skipped.count()
    }
}

/// A reader of `text`, with the record behind it that no list has.
fn reader(text: &str) -> Reader<Framed<'_>> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(BEGIN.chain(text.as_bytes()).chain(END))
}

/// How many lines end in `bytes`: by LF, CR LF, or CR alone.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let mut ends = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let lone_return = *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
        ends += u64::from(*byte == b'\n' || lone_return);
    }
    ends
}
