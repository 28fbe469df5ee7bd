//! Whom to claim next.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    fold::Fold,
    row::{MAX_CLAIMED, MAX_IDS, Removal},
};
use crate::domain::backoff;

/// How many are claimed at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BatchSize {
    /// What one mail call takes: 50 for SES in bulk, at most 5 for SMTP.
    pub(crate) per_call: u16,
    /// This shard's share of the send rate, in mails per second; none: without
    /// a limit.
    pub(crate) per_second: Option<f64>,
}

impl BatchSize {
    /// Never more than a second's worth, but at least one.
    pub(crate) fn most(self) -> usize {
        let per_call = usize::from(self.per_call).min(MAX_CLAIMED);
        let per_second = self.per_second.map_or(per_call, |rate| rate as usize);
        per_call.min(per_second).max(1)
    }
}

/// The recipients beyond the cursor that were read, and single ones that were
/// looked up; both strongly consistent, and not before the log's first fold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ahead {
    /// Recipients of the issue, in the order of their ids.
    ids: Vec<Uuid>,
    /// The last id that was read, recipient or not.
    through: Option<Uuid>,
    /// There is nobody beyond.
    is_end: bool,
    /// Those on the pages for whom the issue was, and who do not get it: why.
    gone: BTreeMap<Uuid, Removal>,
    /// Those who were looked up, and why they are no recipients if they are not.
    looked_up: HashMap<Uuid, Option<Removal>>,
}

impl Ahead {
    /// Adds the page that was read after [`Step::ReadPage`](super::Step)'s id:
    /// those of it for whom the issue is, the last id of all, and whether it is
    /// the last page.
    pub(crate) fn extend(&mut self, recipients: &[Uuid], last: Option<Uuid>, is_end: bool) {
        self.ids.extend(recipients);
        self.through = last.max(self.through);
        self.is_end = is_end;
    }

    /// Whether fewer than `count` are left, and there may be more.
    pub(crate) fn has_fewer_than(&self, count: usize) -> bool {
        self.ids.len() < count && !self.is_end
    }

    /// The id that the next page begins after.
    pub(crate) fn after(&self, fold: &Fold) -> Option<Uuid> {
        self.through.max(fold.cursor())
    }

    /// Notes that the issue was for `id`, who is on a page, and that they do not
    /// get it. The log is told, if it does not know.
    pub(crate) fn gone(&mut self, id: Uuid, why: Removal) {
        self.gone.insert(id, why);
    }

    /// Notes that `id` was looked up, and why it is no recipient if it is not.
    pub(crate) fn looked_up(&mut self, id: Uuid, gone: Option<Removal>) {
        self.looked_up.insert(id, gone);
    }

    /// Forgets whom the pages have passed, and what was looked up for a claim
    /// that is made.
    pub(crate) fn forget(&mut self, fold: &Fold) {
        let passed = self.ids.partition_point(|id| Some(*id) <= fold.cursor());
        self.ids.drain(..passed);
        self.gone.retain(|id, _| fold.is_untouched(*id));
        self.looked_up
            .retain(|id, _| fold.retry(*id).is_some() || fold.is_late(*id));
    }
}

/// Who is next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Batch {
    /// These; the pages then have got to the cursor, where that is new.
    Ready {
        ids: Vec<Uuid>,
        cursor: Option<Uuid>,
    },
    /// Whether these are still recipients must be looked up.
    LookUp(Vec<Uuid>),
    /// These are no recipients any more, and no row says so.
    Gone { ids: Vec<Uuid>, why: Removal },
    /// The next page is needed.
    ReadPage { after: Option<Uuid> },
    /// Nobody, but later: those to retry.
    NotBefore(Timestamp),
    /// Nobody is left.
    Nobody,
}

impl Fold {
    /// The next ones to claim: those to retry, the late ones, the pages.
    pub(super) fn next_batch(&self, ahead: &Ahead, size: BatchSize, now: Timestamp) -> Batch {
        if let Some(gone) = self.gone(ahead) {
            return gone;
        }
        let most = size.most();
        let due = self.due_retries(now);
        let named: Vec<Uuid> = due.into_iter().chain(self.late()).take(most).collect();
        if let Some(first) = look_up(ahead, &named) {
            return first;
        }
        match self.with_page(named, ahead, most) {
            Batch::Nobody => self
                .earliest_retry(now)
                .map_or(Batch::Nobody, Batch::NotBefore),
            batch => batch,
        }
    }

    /// The next ones to skip of a cancelled issue, as many as a row takes.
    pub(super) fn next_to_skip(&self, ahead: &Ahead) -> Batch {
        if let Some(gone) = self.gone(ahead) {
            return gone;
        }
        let retry = self.retries().map(|(id, _)| id);
        let named = retry.chain(self.late()).take(MAX_IDS).collect();
        self.with_page(named, ahead, MAX_IDS)
    }

    /// Those on the pages who do not get the issue, and of whom nothing is known
    /// here: they left before they were heard of, or cannot be read.
    fn gone(&self, ahead: &Ahead) -> Option<Batch> {
        let gone = ahead.gone.iter().map(|(id, why)| (*id, *why));
        of_one_kind(gone.filter(|(id, _)| self.is_untouched(*id)))
    }

    /// `named`, filled up from the page.
    fn with_page(&self, named: Vec<Uuid>, ahead: &Ahead, most: usize) -> Batch {
        let mut ids = named;
        let mut cursor = self.cursor();
        for id in ahead.ids.iter().filter(|id| Some(**id) > self.cursor()) {
            if ids.len() >= most {
                break;
            }
            if !self.passes_over(*id) {
                ids.push(*id);
            }
            cursor = Some(*id);
        }
        if ids.len() < most && !ahead.is_end {
            let after = ahead.after(self);
            return Batch::ReadPage { after };
        }
        if ids.is_empty() {
            return Batch::Nobody;
        }
        let cursor = cursor.filter(|_| cursor != self.cursor());
        Batch::Ready { ids, cursor }
    }

    /// Those whose wait is over, longest first.
    fn due_retries(&self, now: Timestamp) -> Vec<Uuid> {
        let mut due: Vec<_> = self
            .retries()
            .filter(|(_, retry)| !is_to_come(retry.not_before, now))
            .map(|(id, retry)| (retry.not_before, id))
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, id)| id).collect()
    }

    fn earliest_retry(&self, now: Timestamp) -> Option<Timestamp> {
        let waits = self.retries().map(|(_, retry)| retry.not_before);
        waits.filter(|until| is_to_come(*until, now)).min()
    }
}

/// Whether the end of a wait is still to come. One that is further away than any
/// wait is long was written by a clock that was set back since.
pub(super) fn is_to_come(until: Timestamp, now: Timestamp) -> bool {
    let longest = backoff::wait_after(backoff::MAX_ATTEMPTS - 1).unwrap_or_default();
    until > now && until <= now + longest
}

fn look_up(ahead: &Ahead, named: &[Uuid]) -> Option<Batch> {
    let known = |id: &Uuid| ahead.looked_up.get(id).copied();
    let unknown: Vec<Uuid> = named
        .iter()
        .filter(|id| known(id).is_none())
        .copied()
        .collect();
    if !unknown.is_empty() {
        return Some(Batch::LookUp(unknown));
    }
    let gone = named.iter().filter_map(|id| Some((*id, known(id)??)));
    of_one_kind(gone)
}

/// Those of `gone` who are gone for the reason of the first, as many as a row
/// takes.
fn of_one_kind(gone: impl Iterator<Item = (Uuid, Removal)>) -> Option<Batch> {
    let mut gone = gone.peekable();
    let (_, why) = *gone.peek()?;
    let ids = gone
        .filter(|(_, other)| *other == why)
        .map(|(id, _)| id)
        .take(MAX_IDS);
    Some(Batch::Gone {
        ids: ids.collect(),
        why,
    })
}
