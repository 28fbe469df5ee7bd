//! The rows of a part, some at a time.

use super::{
    Columns, Part, Place, Rejection,
    list::is_blank,
    records::{Record, Records},
};
use crate::domain::{SubscriberEmail, SubscriberName};

/// A row that can be a subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) email: SubscriberEmail,
    pub(crate) name: SubscriberName,
}

/// Some rows of a part, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// The good ones.
    pub(crate) rows: Vec<Row>,
    /// The bad ones.
    pub(crate) rejections: Vec<Rejection>,
    /// Where the next chunk begins: in this part or at the next one.
    pub(crate) next: Place,
}

/// Reads rows of `part` from `place` on, until `most` good ones are there or
/// the part ends. None if it is not a part that was stored.
pub(crate) fn next_chunk(
    part: &Part,
    place: Place,
    columns: Columns,
    most: usize,
) -> Option<Chunk> {
    let line = part.line + place.lines;
    let mut records = Records::new(part.text.get(place.byte..)?, line).with_columns(columns);
    let mut chunk = Chunk {
        rows: Vec::new(),
        rejections: Vec::new(),
        next: place,
    };
    while chunk.rows.len() < most {
        let Some(record) = records.next().ok()? else {
            break;
        };
        if is_blank(&record) {
            continue;
        }
        let line = record.line;
        match row(&record, columns) {
            Ok(row) => chunk.rows.push(row),
            Err(reason) => chunk.rejections.push(Rejection { line, reason }),
        }
    }
    chunk.next = match records.next().ok()? {
        Some(following) => Place {
            byte: place.byte + following.start,
            lines: following.line - part.line,
            ..place
        },
        None => Place::at_part(place.part + 1),
    };
    Some(chunk)
}

/// The subscriber of a record, or why it is none.
fn row(record: &Record<'_>, columns: Columns) -> Result<Row, String> {
    let fields = record.fields;
    if record.has_stray_quote {
        return Err("A quotation mark is not closed on this line.".to_owned());
    }
    if fields.len() == 1 && fields[0].contains(';') {
        return Err("The fields are separated by a semicolon, not by a comma.".to_owned());
    }
    if fields
        .iter()
        .skip(columns.all)
        .any(|it| !it.trim().is_empty())
    {
        return Err(format!(
            "The row has {} fields where the first line has {}. A field with a comma in it needs quotation marks around it.",
            fields.len(),
            columns.all
        ));
    }
    let field = |place: usize| fields.get(place).unwrap_or_default().trim();
    Ok(Row {
        email: SubscriberEmail::parse(field(columns.email)).map_err(|error| error.to_string())?,
        name: SubscriberName::parse(field(columns.name)).map_err(|error| error.to_string())?,
    })
}
