//! How an invocation fails.

use lambda_runtime::Diagnostic;
use outbox::HandleError;

/// An invocation failed. The error type that AWS is told is the variant's name,
/// which a state machine decides by; the texts hold no addresses or tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Trying again later may help.
    #[error("for now: {0}")]
    Transient(String),
    /// It never will.
    #[error("for good: {0}")]
    Permanent(String),
    /// The program has a mistake. What the panic said can quote anything, and
    /// stays out of it.
    #[error("the program panicked")]
    Panic,
}

impl Failure {
    /// The error type that AWS is told.
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::Transient(_) => "Transient",
            Self::Permanent(_) => "Permanent",
            Self::Panic => "Panic",
        }
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self {
            error_type: failure.error_type().to_owned(),
            error_message: failure.to_string(),
        }
    }
}

impl From<HandleError> for Failure {
    fn from(error: HandleError) -> Self {
        match error {
            HandleError::Transient(reason) => Self::Transient(reason),
            HandleError::Permanent(reason) => Self::Permanent(reason),
        }
    }
}

impl From<dynamo::ReadError> for Failure {
    fn from(error: dynamo::ReadError) -> Self {
        HandleError::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_machine_can_tell_what_is_worth_another_try() {
        for (failure, named) in [
            (Failure::Transient("busy".to_owned()), "Transient"),
            (Failure::Permanent("gone".to_owned()), "Permanent"),
            (Failure::Panic, "Panic"),
        ] {
            assert_eq!(Diagnostic::from(failure).error_type, named);
        }
    }
}
