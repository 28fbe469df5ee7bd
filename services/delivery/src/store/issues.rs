//! Issues.
//!
//! | partition | sort key | |
//! |---|---|---|
//! | `ISSUE#<id>` | `state` | what is decided |
//! | `ISSUE#<id>` | `content` | what it says; apart, because it is large |

use dynamo::{Condition, Item, Key, ReadError, Table, Transaction};
use uuid::Uuid;

use crate::domain::{content::Content, issue::Issue};

/// Names an issue's action in a failed transaction.
pub(crate) const LABEL: &str = "issue";

/// The state of an issue.
pub(crate) async fn find(table: &Table, issue_id: Uuid) -> Result<Option<Issue>, ReadError> {
    table.get(&state_key(issue_id)).await
}

/// Those of the issues that are there.
pub(crate) async fn find_many(table: &Table, ids: &[Uuid]) -> Result<Vec<Issue>, ReadError> {
    let keys: Vec<_> = ids.iter().copied().map(state_key).collect();
    Ok(table.get_many(&keys).await?.into_values().collect())
}

/// The content of an issue.
pub(crate) async fn content(table: &Table, issue_id: Uuid) -> Result<Option<Content>, ReadError> {
    table.get(&content_key(issue_id)).await
}

/// Writes an issue that must not be there yet.
pub(crate) fn write_new(transaction: &mut Transaction, issue: &Issue, content: &Content) {
    let item = Item::new(&state_key(issue.issue_id), issue);
    transaction.put(LABEL, item, Condition::Absent);
    write_content(transaction, issue, content);
}

/// Lets the transaction through only if there is no such issue.
pub(crate) fn check_absent(transaction: &mut Transaction, issue_id: Uuid) {
    transaction.check(LABEL, &state_key(issue_id), Condition::Absent);
}

/// Writes the content. Whoever replaces it writes the issue, too, in the same
/// transaction: the issue's version tells whether it may be replaced.
pub(crate) fn write_content(transaction: &mut Transaction, issue: &Issue, content: &Content) {
    let item = Item::new(&content_key(issue.issue_id), content);
    transaction.put("issue content", item, Condition::Always);
}

/// Writes an issue that was read with the version that it has, which grows.
pub(crate) fn write_changed(transaction: &mut Transaction, issue: &Issue) {
    let next = Issue {
        version: issue.version + 1,
        ..issue.clone()
    };
    let item = Item::new(&state_key(issue.issue_id), &next);
    transaction.put(LABEL, item, Condition::Version(issue.version));
}

fn state_key(issue_id: Uuid) -> Key {
    Key::new(format!("ISSUE#{issue_id}"), "state")
}

fn content_key(issue_id: Uuid) -> Key {
    Key::new(format!("ISSUE#{issue_id}"), "content")
}
