//! Pause, resume and cancel, in the order of the admins' requests.

use super::row::{Action, Control};

/// Whether claims may be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Controls {
    /// The newest of the admins' requests that this is upon.
    version: u64,
    state: State,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum State {
    #[default]
    Running,
    Paused {
        reason: Option<String>,
    },
    Cancelled,
}

impl Controls {
    /// Whether no claim may be made for now.
    pub(crate) fn is_paused(&self) -> bool {
        matches!(self.state, State::Paused { .. })
    }

    /// Whether no claim may be made ever.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.state == State::Cancelled
    }

    /// Why it paused itself.
    pub(crate) fn reason(&self) -> Option<&str> {
        match &self.state {
            State::Paused { reason } => reason.as_deref(),
            State::Running | State::Cancelled => None,
        }
    }

    /// The newest of the admins' requests.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Whether `control` changes anything: an older request than one that was
    /// seen loses, as does every request after a cancel.
    pub(crate) fn heeds(&self, control: &Control) -> bool {
        let is_news = match (control.version, control.upon) {
            (Some(version), _) => version > self.version,
            (None, Some(upon)) => upon >= self.version,
            (None, None) => true,
        };
        is_news && !self.is_cancelled()
    }

    /// Folds `control`; tells whether it set claims going again.
    pub(super) fn fold(&mut self, control: &Control) -> bool {
        if !self.heeds(control) {
            return false;
        }
        // A pause upon a request that has not got here yet: when it does, it is
        // no news. Nobody whom it told has seen what the pause is about.
        self.version = control.version.or(control.upon).unwrap_or(self.version);
        self.state = match control.action {
            Action::Resume => State::Running,
            Action::Cancel => State::Cancelled,
            Action::Pause => State::Paused {
                reason: control.reason.clone(),
            },
        };
        control.action == Action::Resume
    }
}
