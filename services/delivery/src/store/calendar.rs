//! `CALENDAR` / `<nanosecond>#<issue>`: every issue by the moment of its
//! publication, also when no head lists it any more.

use dynamo::{Condition, Item, Key, Query, ReadError, Table, Transaction};
use jiff::Timestamp;

use super::heads::Listed;

/// How many are read at once.
const PAGE: u16 = 200;
/// The digits of a moment in a sort key: enough for any that there is.
const DIGITS: usize = 20;

const CALENDAR: &str = "CALENDAR";

/// Notes an issue.
pub(crate) fn write(transaction: &mut Transaction, issue: &Listed) {
    let place = format!("{}#{}", moment(issue.published_at), issue.issue_id);
    let item = Item::new(&Key::new(CALENDAR, place), issue);
    transaction.put("calendar", item, Condition::Always);
}

/// The issues that were published from `first` on and before `end`, in their
/// order.
pub(crate) async fn between(
    table: &Table,
    first: Timestamp,
    end: Timestamp,
) -> Result<Vec<Listed>, ReadError> {
    let mut found = Vec::new();
    // Without an issue behind it this sorts before all of that moment.
    let query = Query::partition(CALENDAR, PAGE).after(&Key::new(CALENDAR, moment(first)));
    let mut next = Some(query);
    while let Some(query) = next {
        let page = table.query::<Listed>(query).await?;
        next = page.next;
        for issue in page.items {
            if issue.published_at >= end {
                return Ok(found);
            }
            found.push(issue);
        }
    }
    Ok(found)
}

/// The moment, so that it sorts as text; nothing was published before 1970.
fn moment(at: Timestamp) -> String {
    format!("{:0DIGITS$}", at.as_nanosecond().max(0))
}
