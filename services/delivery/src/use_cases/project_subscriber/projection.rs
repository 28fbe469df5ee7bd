//! What changes of recipients mean for the issues, in one transaction with them.

use std::collections::BTreeMap;

use dynamo::{CommitError, MAX_ACTIONS, Transaction};
use outbox::HandleError;

use crate::{
    app::Core,
    domain::{
        issue::{LATE_WINDOW, LISTED},
        recipient::{Leaving, Recipient, project},
        shard::Shard,
    },
    shard_log::{
        Body, Change, Crossing, MAX_IDS, late_needs_start, projection_rows,
        projection_rows_when_over,
    },
    store::{
        calendar,
        heads::{self, Head, Listed},
        issues, recipients, runs,
    },
    use_cases::{log::log, start::start_queued},
    workflow::{Cause, IssueRun, StepError},
};

/// How many of a log's newest rows are looked at for a worker.
const NEWEST: u16 = 10;

/// The most actions that one change of one recipient has for one issue, and one
/// for the recipient: rows, and the run that they need.
const MAX_ACTIONS_OF_ISSUE: usize = 5;

const _: () = assert!(MAX_ACTIONS <= MAX_IDS, "a transaction's changes fit a row");

/// A recipient before a change, if they were there, and after it.
pub(super) type Changed = (Option<Recipient>, Recipient);

/// Changes on their way into one transaction.
pub(super) struct Projection {
    transaction: Transaction,
    /// What comes before it: of somebody who is gone, the rows that do not fit.
    parts: Vec<Transaction>,
    /// The heads of the changes' shards, as they were read.
    heads: BTreeMap<Shard, Head>,
    changed: Vec<Changed>,
    /// The runs that are queued with them.
    runs: Vec<IssueRun>,
    /// Somebody is to be mailed by what it says: not before they are stored.
    is_mailing: bool,
}

impl Projection {
    /// Reads what is there, and adds the changes that are news.
    pub(super) async fn of(core: &Core, changes: &[Recipient]) -> Result<Self, HandleError> {
        let ids: Vec<_> = changes.iter().map(|change| change.subscriber_id).collect();
        let mut shards: Vec<_> = ids.iter().copied().map(Shard::of).collect();
        shards.dedup();
        let heads = heads::find(&core.table, &shards).await?;
        let mut present = recipients::find_many(&core.table, &ids).await?;
        let mut changed = Vec::new();
        for change in changes {
            let before = present.remove(&change.subscriber_id);
            if let Some(after) = project(before.as_ref(), change.clone()) {
                changed.push((before, after));
            }
        }
        Ok(Self {
            transaction: Transaction::new(),
            parts: Vec::new(),
            heads: shards.into_iter().zip(heads).collect(),
            changed,
            runs: Vec::new(),
            is_mailing: false,
        })
    }

    /// The changes that are news.
    pub(super) fn changed(&self) -> &[Changed] {
        &self.changed
    }

    /// The runs that are queued with them.
    pub(super) fn runs(&self) -> &[IssueRun] {
        &self.runs
    }

    /// Whether all of it goes into one transaction.
    pub(super) fn fits(&self) -> bool {
        self.transaction.len() <= MAX_ACTIONS
    }

    /// Nothing is news: the message comes again, and the start of a run may have
    /// been lost before it could be acknowledged.
    pub(super) async fn start_again(&self, core: &Core) -> Result<(), HandleError> {
        let listed = self.heads.values().flat_map(|head| &head.issues);
        let mut ids: Vec<_> = listed.map(|one| one.issue_id).collect();
        ids.sort_unstable();
        ids.dedup();
        for issue_id in ids {
            start_queued(core, issue_id).await?;
        }
        Ok(())
    }

    /// Adds what the changes mean for the issues in the heads, and the condition
    /// that the heads are as they were read.
    pub(super) async fn add_rows(&mut self, core: &Core) -> Result<(), HandleError> {
        let heads = std::mem::take(&mut self.heads);
        for (shard, head) in &heads {
            let is_here = |change: &Recipient| Shard::of(change.subscriber_id) == *shard;
            if !self.changed.iter().any(|(_, change)| is_here(change)) {
                continue;
            }
            heads::check(&mut self.transaction, *shard, head);
            for issue in &self.unlisted(core, head).await? {
                let mut changes = self.seen_by(issue, *shard);
                changes.retain(|change| change.crossing.is_news());
                if !changes.is_empty() {
                    self.add_rows_of(core, *shard, issue, &changes).await?;
                    self.break_off(*shard, head);
                }
            }
            for listed in &head.issues {
                let changes = self.seen_by(listed, *shard);
                if !changes.is_empty() {
                    if self.is_nearly_full() {
                        self.break_off(*shard, head);
                    }
                    self.add_rows_of(core, *shard, listed, &changes).await?;
                }
            }
        }
        Ok(())
    }

    /// The changes in `shard` that concern the issue.
    fn seen_by(&self, issue: &Listed, shard: Shard) -> Vec<Change> {
        let here = self.changed.iter();
        here.filter(|(_, change)| Shard::of(change.subscriber_id) == shard)
            .filter_map(|(before, change)| seen_by(issue, before.as_ref(), change))
            .collect()
    }

    /// The issues that were over so long ago that the head does not list them any
    /// more, and that a confirmation among the changes, or a leaving that is
    /// known better, is from before.
    async fn unlisted(&self, core: &Core, head: &Head) -> Result<Vec<Listed>, HandleError> {
        let end = core.clock.now() - LISTED;
        let news = self.changed.iter().filter_map(|(before, change)| {
            let known = before.as_ref();
            let since = change.since().filter(|since| {
                let known = known.and_then(Recipient::since);
                known.is_none_or(|known| *since < known)
            });
            let left_at = change.left_at().filter(|left_at| {
                let known = known.and_then(Recipient::left_at);
                known.is_some_and(|known| *left_at < known)
            });
            since.into_iter().chain(left_at).min()
        });
        let Some(first) = news.min().filter(|first| *first < end) else {
            return Ok(Vec::new());
        };
        let mut issues = calendar::between(&core.table, first, end).await?;
        issues.retain(|issue| !head.issues.contains(issue));
        Ok(issues)
    }

    /// Whether one issue's rows more may not fit.
    fn is_nearly_full(&self) -> bool {
        self.transaction.len() + MAX_ACTIONS_OF_ISSUE >= MAX_ACTIONS
    }

    /// Begins a further transaction, if there is but one change, by which nobody is
    /// mailed: they are gone, or too late. A part of that is true by itself, and
    /// comes again with the message if the rest is not reached. Whoever is to be
    /// mailed is to be in the store before any row says so.
    fn break_off(&mut self, shard: Shard, head: &Head) {
        let [(before, change)] = &*self.changed else {
            return;
        };
        if self.is_mailing {
            return;
        }
        let mut part = std::mem::take(&mut self.transaction);
        recipients::check(&mut part, change.subscriber_id, before.as_ref());
        self.parts.push(part);
        heads::check(&mut self.transaction, shard, head);
    }

    /// Adds the recipients themselves.
    pub(super) fn write_items(&mut self) {
        for (before, change) in &self.changed {
            recipients::write(&mut self.transaction, change, before.as_ref());
        }
    }

    /// Writes all of it.
    pub(super) async fn commit(&mut self, core: &Core) -> Result<(), CommitError> {
        for part in self.parts.drain(..) {
            core.table.commit(part).await?;
        }
        core.table
            .commit(std::mem::take(&mut self.transaction))
            .await
    }

    async fn add_rows_of(
        &mut self,
        core: &Core,
        shard: Shard,
        listed: &Listed,
        changes: &[Change],
    ) -> Result<(), HandleError> {
        let bodies = if is_over(core, listed).await? {
            projection_rows_when_over(changes)
        } else {
            projection_rows(changes)
        };
        self.is_mailing |= bodies.iter().any(|body| matches!(body, Body::Late(_)));
        let log = log(core, listed.issue_id, shard);
        let tail = log.tail(NEWEST).await.map_err(StepError::from)?;
        let is_news = changes.iter().any(|change| change.crossing.is_news());
        let is_queued = self.runs.iter().any(|run| run.issue_id == listed.issue_id);
        if is_news && !is_queued && late_needs_start(&tail.newest_first) {
            let (shard, number) = (shard.number(), tail.next);
            let cause = Cause::Row { shard, number };
            let transaction = &mut self.transaction;
            let run = runs::queue(&core.table, transaction, listed.issue_id, cause).await?;
            self.runs.push(run);
        }
        let now = core.clock.now();
        for (number, body) in (tail.next..).zip(bodies) {
            log.write(&mut self.transaction, number, &body.at(now));
        }
        Ok(())
    }
}

/// A change, as the issue sees it; none if it does not concern the issue.
fn seen_by(listed: &Listed, before: Option<&Recipient>, after: &Recipient) -> Option<Change> {
    let published_at = listed.published_at;
    let is_for = |one: &Recipient| one.addressee(published_at).is_some();
    let had_left = before.is_some_and(|one| one.left_after(published_at).is_some());
    let unmeant = after.left_by(published_at);
    let crossing = match (before.is_some_and(is_for), is_for(after)) {
        (false, true) => Crossing::Late,
        // Who confirmed once more left before, and nothing was heard of that.
        (true, false) => Crossing::Left {
            why: after.leaving().unwrap_or(Leaving::Unsubscribed).into(),
            unmeant,
        },
        // They are known to have left, but not that it was so early.
        (false, false) if had_left && unmeant => Crossing::Left {
            why: after.leaving().unwrap_or(Leaving::Unsubscribed).into(),
            unmeant,
        },
        (false, false) if !had_left => Crossing::Missed(after.left_after(published_at)?.into()),
        _ => return None,
    };
    Some(Change {
        id: after.subscriber_id,
        crossing,
    })
}

/// Whether the issue is finished and older than late confirmations may be.
async fn is_over(core: &Core, listed: &Listed) -> Result<bool, HandleError> {
    if listed.published_at + LATE_WINDOW >= core.clock.now() {
        return Ok(false);
    }
    let issue = issues::find(&core.table, listed.issue_id).await?;
    Ok(issue.is_none_or(|issue| issue.finished_at.is_some()))
}
