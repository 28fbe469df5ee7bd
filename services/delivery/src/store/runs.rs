//! `RUNS#OPEN` / `<issue>#<cause>`: executions that were queued and have not
//! ended. What queues one is in the transaction of the row that needs it.

use dynamo::{Condition, Item, Key, Query, ReadError, Table, Transaction};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::workflow::{Cause, IssueRun};

/// How many are read at once.
const PAGE: u16 = 100;

const OPEN_RUNS: &str = "RUNS#OPEN";
/// Names a run's action in a failed transaction.
pub(crate) const LABEL: &str = "open run";

/// The version of a run that has not begun: it will see every row that is
/// appended while it has this.
const QUEUED: u64 = 1;
const BEGUN: u64 = 2;

#[derive(Serialize, Deserialize)]
struct Open {
    #[serde(flatten)]
    run: IssueRun,
    version: u64,
}

/// A run as a query has it. One that is not what was written stops its own issue,
/// and no other.
#[derive(Deserialize)]
#[serde(untagged)]
enum Read {
    Open(Open),
    Corrupt {
        /// The sort key: the issue and the cause.
        sk: String,
    },
}

/// The open runs of an issue.
pub(crate) async fn of_issue(table: &Table, issue_id: Uuid) -> Result<Vec<IssueRun>, ReadError> {
    let query = Query::partition(OPEN_RUNS, PAGE).starting_with(format!("{issue_id}#"));
    let open = read(table, query).await?.into_iter();
    Ok(open.map(|open| open.run).collect())
}

/// An open run, and whether its execution has begun.
#[derive(Debug, Clone)]
pub(crate) struct OpenRun {
    pub(crate) run: IssueRun,
    pub(crate) has_begun: bool,
}

/// The same for all issues.
pub(crate) async fn open(table: &Table) -> Result<Vec<OpenRun>, ReadError> {
    let open = read(table, Query::partition(OPEN_RUNS, PAGE)).await?;
    let open = open.into_iter().map(|open| OpenRun {
        run: open.run,
        has_begun: open.version == BEGUN,
    });
    Ok(open.collect())
}

/// Gives the run another name in `transaction`, if it is open and as it was read.
/// Answers the run as it is then.
pub(crate) fn rename(transaction: &mut Transaction, open: &OpenRun) -> IssueRun {
    let mut run = open.run.clone();
    run.attempt += 1;
    let version = if open.has_begun { BEGUN } else { QUEUED };
    put(transaction, &run, version, Condition::Version(version));
    run
}

/// All open runs.
pub(crate) async fn all(table: &Table) -> Result<Vec<IssueRun>, ReadError> {
    let open = read(table, Query::partition(OPEN_RUNS, PAGE)).await?;
    Ok(open.into_iter().map(|open| open.run).collect())
}

/// Queues a run for `cause` in `transaction`; one that is queued already and has
/// not begun does as well. Answers which it is.
pub(crate) async fn queue(
    table: &Table,
    transaction: &mut Transaction,
    issue_id: Uuid,
    cause: Cause,
) -> Result<IssueRun, ReadError> {
    let query = Query::partition(OPEN_RUNS, PAGE).starting_with(format!("{issue_id}#"));
    let mut open = read(table, query).await?.into_iter();
    if let Some(queued) = open.find(|open| open.version == QUEUED) {
        let key = key(issue_id, queued.run.cause);
        transaction.check(LABEL, &key, Condition::Version(QUEUED));
        return Ok(queued.run);
    }
    let run = IssueRun {
        issue_id,
        cause,
        attempt: 0,
        traceparent: telemetry::current_traceparent(),
    };
    write_new(transaction, &run);
    Ok(run)
}

/// Writes a run that has not begun.
pub(crate) fn write_new(transaction: &mut Transaction, run: &IssueRun) {
    put(transaction, run, QUEUED, Condition::Always);
}

/// Notes that the run begins; it may have been noted before.
pub(crate) fn begin(transaction: &mut Transaction, run: &IssueRun) {
    put(transaction, run, BEGUN, Condition::Present);
}

/// Takes the run off the list.
pub(crate) fn close(transaction: &mut Transaction, run: &IssueRun) {
    let key = key(run.issue_id, run.cause);
    transaction.delete(LABEL, &key, Condition::Always);
}

/// Whether the run is open.
pub(crate) async fn is_open(table: &Table, run: &IssueRun) -> Result<bool, ReadError> {
    let found = table.get::<Open>(&key(run.issue_id, run.cause)).await?;
    Ok(found.is_some())
}

fn put(transaction: &mut Transaction, run: &IssueRun, version: u64, condition: Condition) {
    let open = Open {
        run: run.clone(),
        version,
    };
    let item = Item::new(&key(run.issue_id, run.cause), &open);
    transaction.put(LABEL, item, condition);
}

async fn read(table: &Table, query: Query) -> Result<Vec<Open>, ReadError> {
    let mut found = Vec::new();
    let mut next = Some(query);
    while let Some(query) = next {
        let page = table.query::<Read>(query).await?;
        for read in page.items {
            match read {
                Read::Open(open) => found.push(open),
                Read::Corrupt { sk } => tracing::error!(run = sk, "left out: the run is corrupt"),
            }
        }
        next = page.next;
    }
    Ok(found)
}

fn key(issue_id: Uuid, cause: Cause) -> Key {
    Key::new(OPEN_RUNS, format!("{issue_id}#{cause}"))
}
