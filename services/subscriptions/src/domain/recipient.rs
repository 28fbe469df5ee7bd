//! "Did they get the issue?"

use jiff::Timestamp;

use super::{
    exception::{Exception, ExceptionOutcome},
    issue::{Agreement, Issue},
    subscriber::Membership,
};

/// What became of an issue for one subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecipientOutcome {
    /// The mail side took it over.
    Accepted,
    /// The mail side refused for good.
    Failed,
    /// The address bounced or complained before.
    Suppressed,
    /// Unsubscribed or erased before the mail, or the issue was cancelled.
    Skipped,
    /// The mail may or may not have left.
    Held,
    /// The issue is not at its end.
    Pending,
    /// The issue was not for them.
    NotARecipient,
    /// The services' counts do not agree, so nobody can tell.
    Unknown,
}

impl RecipientOutcome {
    /// The outcome as programs read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Suppressed => "suppressed",
            Self::Skipped => "skipped",
            Self::Held => "held",
            Self::Pending => "pending",
            Self::NotARecipient => "not_a_recipient",
            Self::Unknown => "unknown",
        }
    }
}

impl From<ExceptionOutcome> for RecipientOutcome {
    fn from(outcome: ExceptionOutcome) -> Self {
        match outcome {
            ExceptionOutcome::Failed => Self::Failed,
            ExceptionOutcome::Suppressed => Self::Suppressed,
            ExceptionOutcome::Skipped => Self::Skipped,
            ExceptionOutcome::Held => Self::Held,
            ExceptionOutcome::Accepted => Self::Accepted,
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fate {
    /// What became of it.
    pub(crate) outcome: RecipientOutcome,
    /// Why, where there is a reason.
    pub(crate) reason: Option<String>,
    /// When, where that is known.
    pub(crate) at: Option<Timestamp>,
}

impl Fate {
    /// What delivery recorded. It is the last word.
    pub(crate) fn recorded(exception: Exception) -> Self {
        let is_accepted = exception.outcome == ExceptionOutcome::Accepted;
        Self {
            outcome: exception.outcome.into(),
            reason: (!is_accepted).then_some(exception.reason),
            at: Some(exception.at),
        }
    }

    /// Of somebody who is no exception.
    pub(crate) fn of(issue: &Issue, membership: Membership, agreement: Option<Agreement>) -> Self {
        let is_over = issue.status.is_final();
        let outcome = match (membership, agreement) {
            (_, Some(Agreement::Differs { .. } | Agreement::ExceptionsMissing)) => {
                RecipientOutcome::Unknown
            }
            (Membership::Out, _) => RecipientOutcome::NotARecipient,
            (_, _) if !is_over => RecipientOutcome::Pending,
            (Membership::In, _) => RecipientOutcome::Accepted,
            (Membership::Forgotten, _) => RecipientOutcome::Unknown,
        };
        Self {
            outcome,
            reason: None,
            at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        issue::{Audience, IssueStatus},
        title::Title,
    };

    fn issue(status: IssueStatus) -> Issue {
        let title = Title::parse("Title").expect("valid");
        Issue {
            status,
            ..Issue::published(
                Uuid::nil(),
                title,
                Audience::default(),
                Timestamp::UNIX_EPOCH,
            )
        }
    }

    fn outcome(
        status: IssueStatus,
        membership: Membership,
        agreement: Option<Agreement>,
    ) -> &'static str {
        let fate = Fate::of(&issue(status), membership, agreement);
        assert_eq!((fate.at, fate.reason), (None, None));
        fate.outcome.as_str()
    }

    #[test]
    fn a_recipient_is_pending_until_the_end_and_then_accepted() {
        use IssueStatus::{Cancelled, Delivered, Paused, Queued, Sending};
        for status in [Queued, Sending, Paused] {
            assert_eq!(outcome(status, Membership::In, None), "pending");
            assert_eq!(outcome(status, Membership::Out, None), "not_a_recipient");
        }
        let agrees = Some(Agreement::Agrees);
        for status in [Delivered, Cancelled] {
            assert_eq!(outcome(status, Membership::In, agrees), "accepted");
            assert_eq!(outcome(status, Membership::Out, agrees), "not_a_recipient");
            assert_eq!(outcome(status, Membership::Forgotten, agrees), "unknown");
        }
    }

    #[test]
    fn where_the_counts_differ_nobody_can_tell() {
        let differs = Some(Agreement::Differs { here: 3 });
        for membership in [Membership::In, Membership::Out] {
            assert_eq!(
                outcome(IssueStatus::Delivered, membership, differs),
                "unknown"
            );
        }
        let missing = Some(Agreement::ExceptionsMissing);
        assert_eq!(
            outcome(IssueStatus::Delivered, Membership::In, missing),
            "unknown"
        );
    }
}
