//! Faults in a row: what one of them leaves to chance, many of them decide.

use jiff::Timestamp;

use super::{
    row::{Body, Row},
    settlement::{Fate, Settlement},
};
use crate::domain::backoff;

/// After so many unclear calls or takeovers in a row the issue pauses, so that
/// an outage or a crash loop does not hold a whole list.
pub(crate) const MAX_UNCLEAR: u32 = 3;

/// Why it does, for the admin.
pub(crate) const UNCLEAR_IN_A_ROW: &str =
    "the mail side gave no clear answer several times in a row";

/// After so many calls in a row that met a mail side out of order the issue
/// pauses: about an hour. It bounds the log, which grows by two rows with each.
pub(crate) const MAX_UNAVAILABLE: u32 = 60;

/// The faults since the last call that told clearly of a recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Streaks {
    unclear: u32,
    unavailable: u32,
    unavailable_at: Option<Timestamp>,
}

impl Streaks {
    /// Unclear calls and takeovers in a row.
    pub(crate) fn unclear(&self) -> u32 {
        self.unclear
    }

    /// Calls in a row that met a mail side out of order.
    pub(crate) fn unavailable(&self) -> u32 {
        self.unavailable
    }

    /// No claim before then: the mail side was out of order.
    pub(crate) fn wait_until(&self) -> Option<Timestamp> {
        let wait = backoff::wait_after(self.unavailable.clamp(1, backoff::MAX_ATTEMPTS - 1))?;
        Some(self.unavailable_at? + wait)
    }

    /// As it will be after a claim of `ids` is settled so.
    pub(super) fn after(&self, settlement: &Settlement, ids: usize, at: Timestamp) -> Self {
        let mut after = self.clone();
        let told_clearly = settlement.mentioned() < ids
            || settlement.has(Fate::Failed)
            || settlement.has(Fate::Suppressed);
        if settlement.has(Fate::Unclear) {
            after.unclear += 1;
        } else if told_clearly {
            after.unclear = 0;
        }
        if settlement.has(Fate::Unavailable) {
            after.unavailable = if told_clearly {
                0
            } else {
                self.unavailable + 1
            };
            after.unavailable_at = Some(at);
        } else if !settlement.has(Fate::Released) {
            after.unavailable = 0;
            after.unavailable_at = None;
        }
        after
    }

    /// As it will be after a takeover.
    pub(super) fn after_takeover(&self) -> Self {
        Self {
            unclear: self.unclear + 1,
            ..self.clone()
        }
    }

    pub(super) fn fold(&mut self, row: &Row, open: usize) {
        if let Body::Takeover(_) = row.body {
            *self = self.after_takeover();
        } else if let Some(settlement) = row.settlement() {
            *self = self.after(settlement, open, row.at);
        }
    }

    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}
