//! Pause, resume and cancel: what admins ask for, until delivery's reports
//! show it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Issue, IssueStatus};

/// What an admin may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ControlAction {
    /// Send to nobody else for now.
    Pause,
    /// Go on.
    Resume,
    /// Send to nobody else ever.
    Cancel,
}

impl ControlAction {
    /// The action as programs read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
        }
    }
}

/// A request that no report has shown yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Requested {
    /// What was asked for.
    pub(crate) action: ControlAction,
    /// When.
    pub(crate) at: Timestamp,
}

impl Requested {
    /// Whether it is still to come when delivery reports `status`.
    pub(super) const fn is_open(&self, status: IssueStatus) -> bool {
        match self.action {
            ControlAction::Pause => matches!(status, IssueStatus::Queued | IssueStatus::Sending),
            ControlAction::Resume => matches!(status, IssueStatus::Paused),
            ControlAction::Cancel => !status.is_final(),
        }
    }
}

/// The issue does not stand where that can be asked for. For people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotPossible {
    #[error("The issue is cancelled.")]
    Cancelled,
    #[error("The issue is delivered.")]
    Delivered,
    #[error("The issue is being cancelled.")]
    BeingCancelled,
    #[error("The issue is paused already.")]
    Paused,
    #[error("The issue is not paused.")]
    NotPaused,
}

impl Issue {
    /// Whether `action` can be asked for now.
    ///
    /// The status is that of delivery's last report, which may be behind what
    /// was asked for: so who has asked for a pause may take it back before it
    /// shows, and who is not sure of having asked may ask again. Delivery goes
    /// by the versions of the requests.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may(&self, action: ControlAction) -> Result<(), NotPossible> {
        use ControlAction::{Cancel, Pause, Resume};
        let requested = self.requested.map(|requested| requested.action);
        match (self.status, action, requested) {
            (IssueStatus::Cancelled, ..) => Err(NotPossible::Cancelled),
            (IssueStatus::Delivered, ..) => Err(NotPossible::Delivered),
            (_, Cancel, _) => Ok(()),
            (_, _, Some(Cancel)) => Err(NotPossible::BeingCancelled),
            (IssueStatus::Queued | IssueStatus::Sending, Pause, _)
            | (IssueStatus::Paused, Pause, Some(Resume))
            | (IssueStatus::Paused, Resume, _)
            | (_, Resume, Some(Pause)) => Ok(()),
            (IssueStatus::Paused, Pause, _) => Err(NotPossible::Paused),
            (_, Resume, _) => Err(NotPossible::NotPaused),
        }
    }

    /// The issue after an admin asked for `action`; the status changes when
    /// delivery reports it.
    ///
    /// # Errors
    /// Why that cannot be asked for now.
    pub(crate) fn ask_for(
        &self,
        action: ControlAction,
        at: Timestamp,
    ) -> Result<Self, NotPossible> {
        self.may(action)?;
        Ok(Self {
            control_version: self.control_version + 1,
            requested: Some(Requested { action, at }),
            version: self.version + 1,
            ..self.clone()
        })
    }

    /// The issue after an admin decided about held recipients; `again` if they
    /// are to be mailed, which a cancelled issue does no more.
    ///
    /// # Errors
    /// Why that cannot be decided now.
    pub(crate) fn decide_on_held(&self, again: bool) -> Result<Self, NotPossible> {
        let asked = self.requested.map(|requested| requested.action);
        if again && self.status == IssueStatus::Cancelled {
            return Err(NotPossible::Cancelled);
        }
        if again && asked == Some(ControlAction::Cancel) {
            return Err(NotPossible::BeingCancelled);
        }
        Ok(Self {
            held_version: self.held_version + 1,
            version: self.version + 1,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{
        ControlAction::{Cancel, Pause, Resume},
        *,
    };
    use crate::domain::{
        issue::{Audience, Counts, Progress},
        title::Title,
    };

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn queued() -> Issue {
        let title = Title::parse("Title").expect("valid");
        Issue::published(Uuid::nil(), title, Audience::default(), AT)
    }

    fn reported(issue: &Issue, status: IssueStatus) -> Issue {
        let progress = Progress {
            version: issue.delivery_version + 1,
            status,
            reason: None,
            counts: Counts::default(),
            finished_at: None,
        };
        issue.apply_progress(&progress).expect("news")
    }

    fn possible(issue: &Issue) -> [bool; 3] {
        [Pause, Resume, Cancel].map(|action| issue.may(action).is_ok())
    }

    #[test]
    fn what_can_be_asked_for_depends_on_the_status() {
        use IssueStatus::{Cancelled, Delivered, Paused, Sending};
        assert_eq!(possible(&queued()), [true, false, true]);
        for (status, expected) in [
            (Sending, [true, false, true]),
            (Paused, [false, true, true]),
            (Cancelled, [false; 3]),
            (Delivered, [false; 3]),
        ] {
            assert_eq!(possible(&reported(&queued(), status)), expected, "{status}");
        }
    }

    #[test]
    fn a_request_can_be_repeated_or_taken_back_before_it_shows() {
        let pausing = queued().ask_for(Pause, AT).expect("possible");
        assert_eq!(
            (pausing.control_version, pausing.status),
            (1, IssueStatus::Queued)
        );
        assert_eq!(possible(&pausing), [true, true, true]);
        let paused = reported(&pausing, IssueStatus::Paused);
        assert_eq!(paused.requested, None, "it shows");
        let resuming = paused.ask_for(Resume, AT).expect("possible");
        assert_eq!((resuming.control_version, resuming.version), (2, 4));
        assert_eq!(possible(&resuming), [true, true, true]);
        let sending = reported(&resuming, IssueStatus::Sending);
        assert_eq!(possible(&sending), [true, false, true]);
    }

    #[test]
    fn a_report_that_is_behind_a_request_does_not_end_it() {
        let pausing = queued().ask_for(Pause, AT).expect("possible");
        let behind = reported(&pausing, IssueStatus::Sending);
        assert!(behind.requested.is_some());
        assert_eq!(reported(&behind, IssueStatus::Delivered).requested, None);
    }

    #[test]
    fn nothing_but_a_cancel_follows_a_cancel() {
        let cancelling = queued().ask_for(Cancel, AT).expect("possible");
        assert_eq!(possible(&cancelling), [false, false, true]);
        assert_eq!(cancelling.may(Pause), Err(NotPossible::BeingCancelled));
        assert!(cancelling.decide_on_held(true).is_err());
        assert!(cancelling.decide_on_held(false).is_ok());
        let cancelled = reported(&cancelling, IssueStatus::Cancelled);
        assert_eq!(cancelled.may(Cancel), Err(NotPossible::Cancelled));
        assert!(cancelled.decide_on_held(true).is_err());
    }

    #[test]
    fn decisions_on_the_held_are_counted_apart() {
        let delivered = reported(&queued(), IssueStatus::Delivered);
        let decided = delivered.decide_on_held(true).expect("possible");
        assert_eq!((decided.held_version, decided.control_version), (1, 0));
        assert_eq!(decided.version, delivered.version + 1);
    }
}
