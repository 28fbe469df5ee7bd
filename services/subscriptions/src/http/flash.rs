//! A sentence that the next page shows, once.

use axum::{
    http::{HeaderMap, header::SET_COOKIE},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Shared,
    cookies::{CookieName, Cookies},
};

/// What is told. The cookie holds a code, never text: nobody can put words of
/// theirs on our pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flash {
    AuthenticationFailed,
    LoggedOut,
    SessionEnded,
    PasswordsDiffer,
    CurrentPasswordIncorrect,
    PasswordTooShort,
    PasswordTooLong,
    PasswordSame,
    PasswordChanged,
    IssueAccepted,
    UserDisabled,
    LastActiveUser,
    SubscriberErased,
    TokenRevoked,
    HeldResent,
    HeldDropped,
}

impl Flash {
    const ALL: [Self; 16] = [
        Self::AuthenticationFailed,
        Self::LoggedOut,
        Self::SessionEnded,
        Self::PasswordsDiffer,
        Self::CurrentPasswordIncorrect,
        Self::PasswordTooShort,
        Self::PasswordTooLong,
        Self::PasswordSame,
        Self::PasswordChanged,
        Self::IssueAccepted,
        Self::UserDisabled,
        Self::LastActiveUser,
        Self::SubscriberErased,
        Self::TokenRevoked,
        Self::HeldResent,
        Self::HeldDropped,
    ];

    /// The sentence.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::AuthenticationFailed => "Authentication failed",
            Self::LoggedOut => "You have successfully logged out.",
            Self::SessionEnded => {
                "Please sign in: your session has ended. Nothing was published or changed."
            }
            Self::PasswordsDiffer => {
                "You entered two different new passwords - the field values must match."
            }
            Self::CurrentPasswordIncorrect => "The current password is incorrect.",
            Self::PasswordTooShort => "The new password must have at least 12 characters.",
            Self::PasswordTooLong => "The new password must have at most 128 characters.",
            Self::PasswordSame => "The new password must be another one than the current one.",
            Self::PasswordChanged => "Your password has been changed.",
            Self::IssueAccepted => {
                "The newsletter issue has been accepted - emails will go out shortly."
            }
            Self::UserDisabled => "The user has been disabled.",
            Self::LastActiveUser => "The last active user cannot be disabled.",
            Self::SubscriberErased => "The subscriber has been erased.",
            Self::TokenRevoked => "The token has been revoked.",
            Self::HeldResent => "They will be sent the issue again. That shows here shortly.",
            Self::HeldDropped => "They will count as failed. That shows here shortly.",
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::AuthenticationFailed => "authentication-failed",
            Self::LoggedOut => "logged-out",
            Self::SessionEnded => "session-ended",
            Self::PasswordsDiffer => "passwords-differ",
            Self::CurrentPasswordIncorrect => "current-password-incorrect",
            Self::PasswordTooShort => "password-too-short",
            Self::PasswordTooLong => "password-too-long",
            Self::PasswordSame => "password-same",
            Self::PasswordChanged => "password-changed",
            Self::IssueAccepted => "issue-accepted",
            Self::UserDisabled => "user-disabled",
            Self::LastActiveUser => "last-active-user",
            Self::SubscriberErased => "subscriber-erased",
            Self::TokenRevoked => "token-revoked",
            Self::HeldResent => "held-resent",
            Self::HeldDropped => "held-dropped",
        }
    }

    /// 303 to `path`, whose page shows this.
    pub(crate) fn redirect(self, app: &Shared, path: &str) -> Response {
        let cookie = cookies(app).set(CookieName::Flash, self.code());
        let mut response = Redirect::to(path).into_response();
        response.headers_mut().append(SET_COOKIE, cookie);
        response
    }
}

/// What a page shows: read from the request, and cleared with the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TakenFlash {
    /// What to show, if anything.
    pub(crate) flash: Option<Flash>,
    present: bool,
}

impl TakenFlash {
    /// Reads the cookie.
    pub(crate) fn take(app: &Shared, headers: &HeaderMap) -> Self {
        let code = cookies(app).get(headers, CookieName::Flash);
        Self {
            flash: Flash::ALL
                .into_iter()
                .find(|flash| Some(flash.code()) == code),
            present: code.is_some(),
        }
    }

    /// Adds the clearing of the cookie to the answer that shows it.
    pub(crate) fn cleared(self, app: &Shared, mut response: Response) -> Response {
        if self.present {
            let cookie = cookies(app).clear(CookieName::Flash);
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}

fn cookies(app: &Shared) -> Cookies {
    Cookies::new(app.links.is_https())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::domain::password::{MAX_LENGTH, MIN_LENGTH};

    #[test]
    fn every_flash_has_a_code_of_its_own() {
        let codes: HashSet<_> = Flash::ALL.map(Flash::code).into();
        assert_eq!(codes.len(), Flash::ALL.len());
    }

    #[test]
    fn the_bounds_of_a_password_are_told_as_they_are() {
        assert!(
            Flash::PasswordTooShort
                .text()
                .contains(&MIN_LENGTH.to_string())
        );
        assert!(
            Flash::PasswordTooLong
                .text()
                .contains(&MAX_LENGTH.to_string())
        );
    }
}
