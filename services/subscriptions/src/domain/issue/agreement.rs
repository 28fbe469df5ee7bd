//! Whether the two services mean the same people by the recipients of an issue.

use super::Issue;
use crate::domain::exception::{Exceptions, Recorded};

/// What a comparison of the services' counts says of an issue at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// Both count the same.
    Agrees,
    /// This service counts others than delivery does.
    Differs {
        /// Who was confirmed when the issue was published, as this service
        /// counts.
        here: u64,
    },
    /// The exceptions that have arrived are not those that delivery counts: some
    /// are still under way, or the newest counts are.
    ExceptionsMissing,
}

impl Issue {
    /// Compares the counts, when the issue is at its end and there is something
    /// to compare with.
    ///
    /// Delivery may have taken somebody for a recipient who had just left here:
    /// the news was under way. Those whom it skipped are known by their
    /// exceptions, and are no difference.
    pub(crate) fn agreement(&self, recorded: &Recorded) -> Option<Agreement> {
        let here = self.audience.filter(|_| self.status.is_final())?;
        let counts = self.counts;
        let expected = Exceptions {
            failed: counts.failed,
            suppressed: counts.suppressed,
            skipped: counts.skipped,
            held: counts.held,
        };
        let least = here + recorded.beyond;
        let most = least + recorded.uncertain;
        Some(if recorded.exceptions != expected {
            Agreement::ExceptionsMissing
        } else if (least..=most).contains(&counts.recipients) {
            Agreement::Agrees
        } else {
            Agreement::Differs { here }
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        issue::{Audience, Counts, IssueStatus},
        title::Title,
    };

    fn delivered(audience: Option<u64>, counts: Counts) -> Issue {
        let title = Title::parse("Title").expect("valid");
        Issue {
            status: IssueStatus::Delivered,
            audience,
            counts,
            ..Issue::published(
                Uuid::nil(),
                title,
                Audience::default(),
                Timestamp::UNIX_EPOCH,
            )
        }
    }

    fn counts(accepted: u64, skipped: u64) -> Counts {
        Counts {
            recipients: accepted + skipped,
            accepted,
            skipped,
            ..Counts::default()
        }
    }

    fn recorded(skipped: u64, beyond: u64, uncertain: u64) -> Recorded {
        Recorded {
            exceptions: Exceptions {
                skipped,
                ..Exceptions::default()
            },
            beyond,
            uncertain,
        }
    }

    #[test]
    fn equal_counts_agree_and_others_do_not() {
        let issue = delivered(Some(3), counts(3, 0));
        assert_eq!(issue.agreement(&recorded(0, 0, 0)), Some(Agreement::Agrees));
        for accepted in [2, 4] {
            let issue = delivered(Some(3), counts(accepted, 0));
            let differs = Some(Agreement::Differs { here: 3 });
            assert_eq!(issue.agreement(&recorded(0, 0, 0)), differs);
        }
    }

    #[test]
    fn who_had_left_and_was_skipped_is_no_difference() {
        let issue = delivered(Some(3), counts(3, 1));
        assert_eq!(issue.agreement(&recorded(1, 1, 0)), Some(Agreement::Agrees));
        assert_eq!(issue.agreement(&recorded(1, 0, 1)), Some(Agreement::Agrees));
        let differs = Some(Agreement::Differs { here: 3 });
        assert_eq!(issue.agreement(&recorded(1, 0, 0)), differs);
    }

    #[test]
    fn as_long_as_exceptions_are_missing_nothing_is_said() {
        let issue = delivered(Some(3), counts(2, 1));
        let missing = Some(Agreement::ExceptionsMissing);
        assert_eq!(issue.agreement(&recorded(0, 0, 0)), missing);
        assert_eq!(issue.agreement(&recorded(1, 0, 0)), Some(Agreement::Agrees));
    }

    #[test]
    fn exceptions_of_another_outcome_or_too_many_are_not_those_that_are_counted() {
        let issue = delivered(Some(3), counts(2, 1));
        let missing = Some(Agreement::ExceptionsMissing);
        let mut other = recorded(0, 0, 0);
        other.exceptions.held = 1;
        assert_eq!(issue.agreement(&other), missing);
        assert_eq!(issue.agreement(&recorded(2, 0, 0)), missing);
    }

    #[test]
    fn before_the_end_nothing_is_compared() {
        let mut issue = delivered(Some(3), counts(1, 0));
        issue.status = IssueStatus::Sending;
        assert_eq!(issue.agreement(&recorded(0, 0, 0)), None);
        let issue = delivered(None, counts(1, 0));
        assert_eq!(issue.agreement(&recorded(0, 0, 0)), None);
    }
}
