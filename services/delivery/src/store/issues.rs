//! Issues, which of them are recent, and which runs are open.
//!
//! | partition | sort key | |
//! |---|---|---|
//! | `ISSUE#<id>` | `state` | what is decided |
//! | `ISSUE#<id>` | `content` | what it says; apart, because it is large |
//! | `ISSUES#RECENT` | time and id | for confirmations that come late |
//! | `RUNS#OPEN` | id and generation | for a host that restarts |

use dynamo::{Condition, Item, Key, Query, ReadError, Table, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    domain::{
        content::Content,
        issue::{Issue, LATE_WINDOW},
    },
    workflow::IssueRun,
};

/// How many list entries are read at once.
const PAGE: u16 = 100;
/// How much longer than anybody asks for it an issue is listed as recent.
const RECENT_MARGIN: SignedDuration = SignedDuration::from_hours(24);

const RECENT: &str = "ISSUES#RECENT";
const OPEN_RUNS: &str = "RUNS#OPEN";

/// Names an issue's action in a failed transaction.
pub(crate) const LABEL: &str = "issue";

#[derive(Serialize, Deserialize)]
struct Recent {
    issue_id: Uuid,
    published_at: Timestamp,
}

/// The state of an issue.
pub(crate) async fn find(table: &Table, issue_id: Uuid) -> Result<Option<Issue>, ReadError> {
    table.get(&state_key(issue_id)).await
}

/// The content of an issue.
pub(crate) async fn content(table: &Table, issue_id: Uuid) -> Result<Option<Content>, ReadError> {
    table.get(&content_key(issue_id)).await
}

/// Writes an issue that must not be there yet, and lists it as recent.
pub(crate) fn write_new(transaction: &mut Transaction, issue: &Issue, content: &Content) {
    let recent = Recent {
        issue_id: issue.issue_id,
        published_at: issue.published_at,
    };
    let listed_until = issue
        .published_at
        .saturating_add(LATE_WINDOW + RECENT_MARGIN)
        .unwrap_or(Timestamp::MAX);
    transaction.put(
        LABEL,
        Item::new(&state_key(issue.issue_id), issue),
        Condition::Absent,
    );
    write_content(transaction, issue, content);
    transaction.put(
        "recent issue",
        Item::new(&recent_key(&recent), &recent).expiring(listed_until),
        Condition::Always,
    );
}

/// Writes the content. Whoever replaces it writes the issue, too, in the same
/// transaction: the issue's version tells whether it may be replaced.
pub(crate) fn write_content(transaction: &mut Transaction, issue: &Issue, content: &Content) {
    let item = Item::new(&content_key(issue.issue_id), content);
    transaction.put("issue content", item, Condition::Always);
}

/// Writes an issue over the version before it.
pub(crate) fn write_changed(transaction: &mut Transaction, issue: &Issue) {
    transaction.put(
        LABEL,
        Item::new(&state_key(issue.issue_id), issue),
        Condition::Version(issue.version - 1),
    );
}

/// The ids of the issues published at `since` or later, the newest first.
pub(crate) async fn recent(table: &Table, since: Timestamp) -> Result<Vec<Uuid>, ReadError> {
    let mut ids = Vec::new();
    let mut next = Some(Query::partition(RECENT, PAGE).descending());
    while let Some(query) = next {
        let page = table.query::<Recent>(query).await?;
        let read = page.items.len();
        let before = ids.len();
        ids.extend(
            page.items
                .into_iter()
                .take_while(|recent| recent.published_at >= since)
                .map(|recent| recent.issue_id),
        );
        next = page.next.filter(|_| ids.len() - before == read);
    }
    Ok(ids)
}

/// Lists `run` as open.
pub(crate) fn open_run(transaction: &mut Transaction, run: &IssueRun) {
    let item = Item::new(&run_key(run.issue_id, run.generation), run);
    transaction.put("open run", item, Condition::Always);
}

/// Takes the run off the list.
pub(crate) fn close_run(transaction: &mut Transaction, run: &IssueRun) {
    let key = run_key(run.issue_id, run.generation);
    transaction.delete("open run", &key, Condition::Always);
}

/// One open run, with the trace it belongs to.
pub(crate) async fn find_open_run(
    table: &Table,
    issue_id: Uuid,
    generation: u64,
) -> Result<Option<IssueRun>, ReadError> {
    table.get(&run_key(issue_id, generation)).await
}

/// All open runs.
pub(crate) async fn open_runs(table: &Table) -> Result<Vec<IssueRun>, ReadError> {
    let mut runs = Vec::new();
    let mut next = Some(Query::partition(OPEN_RUNS, PAGE));
    while let Some(query) = next {
        let page = table.query::<IssueRun>(query).await?;
        runs.extend(page.items);
        next = page.next;
    }
    Ok(runs)
}

fn state_key(issue_id: Uuid) -> Key {
    Key::new(format!("ISSUE#{issue_id}"), "state")
}

fn content_key(issue_id: Uuid) -> Key {
    Key::new(format!("ISSUE#{issue_id}"), "content")
}

fn run_key(issue_id: Uuid, generation: u64) -> Key {
    Key::new(OPEN_RUNS, format!("{issue_id}#{generation:010}"))
}

fn recent_key(recent: &Recent) -> Key {
    let since_epoch = recent.published_at.as_millisecond();
    Key::new(RECENT, format!("{since_epoch:015}#{}", recent.issue_id))
}
