//! Which rows can follow a log. Writers ask before they append, readers before
//! they fold: a mistake in one of them stops the shard, loudly, and mails
//! nobody twice.

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    fold::Fold,
    row::{Body, Claim, MAX_CLAIMED, MAX_IDS, Removal, Removed, Row},
    settlement::Settlement,
};

/// A row cannot follow the log before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FoldError {
    /// Rows are missing or read twice: read again.
    #[error("row {found} of the shard log was met where row {expected} was to come")]
    Gap { expected: u64, found: u64 },
    /// No writer that keeps the rules appends this.
    #[error("row {number} of the shard log breaks the rules: {why}")]
    Impossible { number: u64, why: &'static str },
}

impl Fold {
    /// Whether `row` can be row number `number`.
    ///
    /// # Errors
    /// It cannot.
    pub(crate) fn admits(&self, number: u64, row: &Row) -> Result<(), FoldError> {
        let expected = self.next();
        if number != expected {
            let found = number;
            return Err(FoldError::Gap { expected, found });
        }
        let against = fault(&row.body).or_else(|| match &row.body {
            Body::Claim(claim) => self.against_claim(claim),
            Body::Settle(settle) => self.against_settlement(&settle.settles),
            Body::Takeover(takeover) => self.against_settling(takeover.claim),
            Body::Removed(removed) => self.against_removed(removed),
            Body::Done(_) => self.against_done(),
            Body::Evidence(_) | Body::CarriedOut(_) | Body::Control(_) | Body::Late(_) => None,
        });
        match against {
            None => Ok(()),
            Some(why) => Err(FoldError::Impossible { number, why }),
        }
    }

    fn against_claim(&self, claim: &Claim) -> Option<&'static str> {
        if self.controls().is_paused() {
            return Some("a claim while the issue is paused");
        }
        if self.is_cancelled() {
            return Some("a claim after the issue was cancelled");
        }
        if let Some(why) = self.against_cursor(claim.cursor) {
            return Some(why);
        }
        match (&claim.settles, self.open()) {
            (None, Some(_)) => return Some("a claim while another one is open"),
            (Some(settlement), _) => {
                if let Some(why) = self.against_settlement(settlement) {
                    return Some(why);
                }
            }
            (None, None) => {}
        }
        claim
            .ids
            .iter()
            .find_map(|id| self.against_claiming(*id, claim.cursor))
    }

    /// *An id that any claim ever named is claimed again only from retry or
    /// from a resend* (which puts it there).
    fn against_claiming(&self, id: Uuid, cursor: Option<Uuid>) -> Option<&'static str> {
        if self.removal(id).is_some() {
            return Some("a claim of somebody who was removed");
        }
        if self.retry(id).is_some() || self.is_late(id) {
            return None;
        }
        let is_of_page = Some(id) > self.cursor() && Some(id) <= cursor;
        if !is_of_page || self.passes_over(id) {
            return Some("a claim of somebody who is not to be claimed");
        }
        None
    }

    fn against_cursor(&self, cursor: Option<Uuid>) -> Option<&'static str> {
        let back = cursor.is_some() && cursor <= self.cursor();
        back.then_some("the cursor does not move on")
    }

    fn against_settlement(&self, settlement: &Settlement) -> Option<&'static str> {
        if let Some(why) = self.against_settling(settlement.claim) {
            return Some(why);
        }
        let fits = self
            .open()
            .is_some_and(|open| settlement.of(&open.ids).is_some());
        (!fits).then_some("results that do not fit their claim")
    }

    fn against_settling(&self, claim: u64) -> Option<&'static str> {
        let is_open = self.open().is_some_and(|open| open.number == claim);
        (!is_open).then_some("the settling of a claim that is not open")
    }

    fn against_removed(&self, removed: &Removed) -> Option<&'static str> {
        let of_cancelled = removed.why == Removal::Cancelled;
        if of_cancelled && !self.is_cancelled() {
            return Some("a skipping although the issue is not cancelled");
        }
        if !of_cancelled && removed.cursor.is_some() {
            return Some("a removal that moves the cursor");
        }
        self.against_cursor(removed.cursor)
    }

    fn against_done(&self) -> Option<&'static str> {
        if self.open().is_some() {
            return Some("an end while a claim is open");
        }
        (self.pending() > 0).then_some("an end while somebody is left")
    }
}

/// What no row may be, whatever the log before it.
pub(super) fn fault(body: &Body) -> Option<&'static str> {
    let (ids, most) = match body {
        Body::Claim(claim) => (&claim.ids, MAX_CLAIMED),
        Body::Evidence(evidence) => (&evidence.ids, MAX_IDS),
        Body::Late(late) => (&late.ids, MAX_IDS),
        Body::Removed(removed) => (&removed.ids, MAX_IDS),
        Body::Settle(_)
        | Body::Takeover(_)
        | Body::CarriedOut(_)
        | Body::Control(_)
        | Body::Done(_) => return None,
    };
    // The cursor of a cancelled issue may move over nobody.
    let may_be_empty = matches!(body, Body::Removed(removed) if removed.cursor.is_some());
    let distinct: HashSet<_> = ids.iter().collect();
    if ids.is_empty() && !may_be_empty {
        Some("it names nobody")
    } else if ids.len() > most {
        Some("it names too many")
    } else if distinct.len() < ids.len() {
        Some("it names somebody twice")
    } else {
        None
    }
}
