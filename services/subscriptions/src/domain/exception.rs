//! Recipients of an issue to whom something other than an accepted mail
//! happened.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SubscriberId;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExceptionOutcome {
    /// The mail side refused for good.
    Failed,
    /// The address bounced or complained before.
    Suppressed,
    /// Unsubscribed or erased before the mail, or the issue was cancelled.
    Skipped,
    /// The mail may or may not have left.
    Held,
    /// Was an exception, and turned out to be accepted: none any more.
    Accepted,
}

impl ExceptionOutcome {
    /// Those that make an exception.
    pub(crate) const LISTED: [Self; 4] =
        [Self::Failed, Self::Suppressed, Self::Skipped, Self::Held];

    /// The outcome as programs read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Suppressed => "suppressed",
            Self::Skipped => "skipped",
            Self::Held => "held",
            Self::Accepted => "accepted",
        }
    }

    /// Reads what programs write; none if it makes no exception.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::LISTED.into_iter().find(|it| it.as_str() == text)
    }

    /// Whether it makes an exception.
    pub(crate) fn is_listed(self) -> bool {
        self != Self::Accepted
    }
}

impl std::fmt::Display for ExceptionOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What delivery recorded last of one recipient of an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exception {
    /// The issue.
    pub(crate) issue_id: Uuid,
    /// The recipient.
    pub(crate) subscriber_id: SubscriberId,
    /// What happened.
    pub(crate) outcome: ExceptionOutcome,
    /// Why; nothing personal.
    pub(crate) reason: String,
    /// When.
    pub(crate) at: Timestamp,
    /// The part of delivery's list of recipients that they are in; it stays.
    pub(crate) shard: u16,
    /// The number of the record in that part: a greater one is newer.
    pub(crate) row: u64,
}

impl Exception {
    /// Whether this says more than `known`.
    pub(crate) fn is_news(&self, known: Option<&Self>) -> bool {
        known.is_none_or(|known| known.row < self.row)
    }
}

/// How many exceptions of an issue are recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recorded {
    /// Those who are an exception now.
    #[serde(flatten)]
    pub(crate) exceptions: Exceptions,
    /// Those ever recorded who, as this service knows, were no recipients.
    pub(crate) beyond: u64,
    /// Those ever recorded of whom this service does not know: erased by then.
    pub(crate) uncertain: u64,
}

/// Exceptions by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Exceptions {
    pub(crate) failed: u64,
    pub(crate) suppressed: u64,
    pub(crate) skipped: u64,
    pub(crate) held: u64,
}

impl Exceptions {
    /// How many there are of `outcome`; none if it makes no exception.
    fn of(&mut self, outcome: ExceptionOutcome) -> Option<&mut u64> {
        match outcome {
            ExceptionOutcome::Failed => Some(&mut self.failed),
            ExceptionOutcome::Suppressed => Some(&mut self.suppressed),
            ExceptionOutcome::Skipped => Some(&mut self.skipped),
            ExceptionOutcome::Held => Some(&mut self.held),
            ExceptionOutcome::Accepted => None,
        }
    }
}

impl Recorded {
    /// Counts one who is recorded as `outcome`, after `known`.
    pub(crate) fn count(&mut self, known: Option<&Exception>, outcome: ExceptionOutcome) {
        if let Some(before) = known.and_then(|known| self.exceptions.of(known.outcome)) {
            *before = before.saturating_sub(1);
        }
        if let Some(now) = self.exceptions.of(outcome) {
            *now += 1;
        }
    }

    /// Adds what is recorded of another part.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        let (one, two) = (self.exceptions, other.exceptions);
        Self {
            exceptions: Exceptions {
                failed: one.failed + two.failed,
                suppressed: one.suppressed + two.suppressed,
                skipped: one.skipped + two.skipped,
                held: one.held + two.held,
            },
            beyond: self.beyond + other.beyond,
            uncertain: self.uncertain + other.uncertain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exception(outcome: ExceptionOutcome, row: u64) -> Exception {
        Exception {
            issue_id: Uuid::nil(),
            subscriber_id: SubscriberId(Uuid::nil()),
            outcome,
            reason: String::new(),
            at: Timestamp::UNIX_EPOCH,
            shard: 0,
            row,
        }
    }

    #[test]
    fn only_a_later_row_is_news() {
        let held = exception(ExceptionOutcome::Held, 4);
        assert!(held.is_news(None));
        assert!(!held.is_news(Some(&held)));
        assert!(exception(ExceptionOutcome::Accepted, 5).is_news(Some(&held)));
        assert!(!exception(ExceptionOutcome::Failed, 3).is_news(Some(&held)));
    }

    #[test]
    fn an_exception_counts_once_by_its_outcome_and_until_it_is_none() {
        let mut recorded = Recorded::default();
        let held = exception(ExceptionOutcome::Held, 1);
        recorded.count(None, ExceptionOutcome::Held);
        assert_eq!(recorded.exceptions.held, 1);
        recorded.count(Some(&held), ExceptionOutcome::Failed);
        let failed = Exceptions {
            failed: 1,
            ..Exceptions::default()
        };
        assert_eq!(recorded.exceptions, failed);
        let failed = exception(ExceptionOutcome::Failed, 2);
        recorded.count(Some(&failed), ExceptionOutcome::Accepted);
        assert_eq!(recorded, Recorded::default());
        recorded.count(None, ExceptionOutcome::Accepted);
        assert_eq!(recorded, Recorded::default());
    }

    #[test]
    fn an_outcome_is_read_back_if_it_is_an_exception() {
        for outcome in ExceptionOutcome::LISTED {
            assert_eq!(ExceptionOutcome::parse(outcome.as_str()), Some(outcome));
        }
        for text in ["", "accepted", "Held", "pending"] {
            assert_eq!(ExceptionOutcome::parse(text), None, "{text}");
        }
    }
}
