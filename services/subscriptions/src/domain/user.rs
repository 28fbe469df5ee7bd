//! People who may publish.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::password::PasswordHash;

/// The longest username, in characters.
pub(crate) const MAX_USERNAME_LENGTH: usize = 64;

/// What a user signs in as: 1 to 64 of the letters `A` to `Z` in either case,
/// digits, `.`, `_` and `-`. Upper and lower case make no different user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Username(String);

/// This is no username.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A username has 1 to {MAX_USERNAME_LENGTH} letters, digits, dots, dashes or underscores.")]
pub(crate) struct InvalidUsername;

impl Username {
    /// Reads a username.
    ///
    /// # Errors
    /// [`InvalidUsername`] if it is empty, too long, or has other characters.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidUsername> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if text.is_empty() || text.len() > MAX_USERNAME_LENGTH || !text.bytes().all(allowed) {
            return Err(InvalidUsername);
        }
        Ok(Self(text.to_owned()))
    }

    /// The form by which two usernames are compared.
    pub(crate) fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Username {
    type Error = InvalidUsername;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Username> for String {
    fn from(username: Username) -> Self {
        username.0
    }
}

/// An admin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct User {
    /// Names the user for good.
    pub(crate) id: Uuid,
    /// What the user signs in as; it never changes and is never given again.
    pub(crate) username: Username,
    /// The hash of the password.
    pub(crate) password_hash: PasswordHash,
    /// Whether the password is a one-time one, good only for choosing another.
    pub(crate) must_change_password: bool,
    /// Grows when the password changes or the user is disabled. A session
    /// carries the value it was opened under and ends when it grows.
    pub(crate) credentials_version: u64,
    /// When the user was added.
    pub(crate) created_at: Timestamp,
    /// When the user was disabled, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) disabled_at: Option<Timestamp>,
    /// Grows with every change.
    pub(crate) version: u64,
}

/// How many users can be relied on to sign in: what keeps the last one from
/// being disabled. It is written in the transaction of every change to that
/// number, so that two such changes cannot pass each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Roster {
    /// Users that have chosen a password of their own, and are not disabled.
    /// Of a one-time password nobody knows whether it was ever handed on.
    pub(crate) active: u64,
    /// Grows with every change.
    pub(crate) version: u64,
}

/// Why a user was not disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CannotDisable {
    /// The user is disabled already.
    #[error("the user is disabled already")]
    AlreadyDisabled,
    /// Nobody would be left to sign in.
    #[error("the last active user cannot be disabled")]
    LastActive,
}

impl User {
    /// A user as first stored.
    pub(crate) fn new(
        id: Uuid,
        username: Username,
        password_hash: PasswordHash,
        must_change_password: bool,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            username,
            password_hash,
            must_change_password,
            credentials_version: 1,
            created_at: now,
            disabled_at: None,
            version: 1,
        }
    }

    /// Whether the user may sign in.
    pub(crate) fn is_active(&self) -> bool {
        self.disabled_at.is_none()
    }

    /// Whether the roster counts the user.
    pub(crate) fn is_relied_on(&self) -> bool {
        self.is_active() && !self.must_change_password
    }

    /// The user with a password of their own choice; sessions that were opened
    /// under the old one end. If it is their first one, the roster counts them
    /// from now on.
    #[must_use]
    pub(crate) fn with_password(&self, password_hash: PasswordHash) -> Self {
        Self {
            password_hash,
            must_change_password: false,
            credentials_version: self.credentials_version + 1,
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// The user with another one-time password in place of the one that they
    /// have not used yet; none if they have chosen a password, or are disabled.
    #[must_use]
    pub(crate) fn invited_again(&self, password_hash: PasswordHash) -> Option<Self> {
        (self.must_change_password && self.is_active()).then(|| Self {
            must_change_password: true,
            ..self.with_password(password_hash)
        })
    }

    /// The user, disabled, and what is left of the roster if it counted them.
    ///
    /// # Errors
    /// See [`CannotDisable`].
    pub(crate) fn disabled(
        &self,
        roster: Roster,
        now: Timestamp,
    ) -> Result<(Self, Option<Roster>), CannotDisable> {
        if !self.is_active() {
            return Err(CannotDisable::AlreadyDisabled);
        }
        if self.is_relied_on() && roster.active <= 1 {
            return Err(CannotDisable::LastActive);
        }
        let user = Self {
            disabled_at: Some(now),
            credentials_version: self.credentials_version + 1,
            version: self.version + 1,
            ..self.clone()
        };
        let left = self.is_relied_on().then(|| Roster {
            active: roster.active - 1,
            version: roster.version + 1,
        });
        Ok((user, left))
    }
}

impl Roster {
    /// The roster of the first user.
    pub(crate) const FIRST: Self = Self {
        active: 1,
        version: 1,
    };

    /// The roster with one more user.
    #[must_use]
    pub(crate) fn with_one_more(self) -> Self {
        Self {
            active: self.active + 1,
            version: self.version + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> User {
        let username = Username::parse("Ada.L").expect("valid");
        let hash = PasswordHash::dummy();
        User::new(Uuid::nil(), username, hash, true, Timestamp::UNIX_EPOCH)
    }

    /// With a password of their own.
    fn settled() -> User {
        user().with_password(PasswordHash::dummy())
    }

    #[test]
    fn usernames_are_compared_without_regard_to_case() {
        assert_eq!(user().username.key(), "ada.l");
        assert_eq!(user().username.to_string(), "Ada.L");
    }

    #[test]
    fn what_is_no_username_is_refused() {
        for text in [
            "",
            " ada",
            "ada lovelace",
            "ada@host",
            "ädä",
            "a\n",
            &"a".repeat(65),
        ] {
            assert_eq!(Username::parse(text), Err(InvalidUsername), "{text:?}");
        }
        assert!(Username::parse(&"a".repeat(64)).is_ok());
    }

    #[test]
    fn a_password_of_their_own_ends_the_sessions_of_the_one_time_one() {
        let changed = user().with_password(PasswordHash::dummy());
        assert!(!changed.must_change_password);
        assert_eq!((changed.credentials_version, changed.version), (2, 2));
    }

    #[test]
    fn only_who_has_not_chosen_a_password_is_invited_again() {
        let again = user()
            .invited_again(PasswordHash::dummy())
            .expect("invited");
        assert!(again.must_change_password);
        assert_eq!((again.credentials_version, again.version), (2, 2));
        let chosen = user().with_password(PasswordHash::dummy());
        assert_eq!(chosen.invited_again(PasswordHash::dummy()), None);
    }

    #[test]
    fn the_last_active_user_is_not_disabled() {
        let outcome = settled().disabled(Roster::FIRST, Timestamp::UNIX_EPOCH);
        assert_eq!(outcome, Err(CannotDisable::LastActive));
    }

    #[test]
    fn who_never_chose_a_password_is_disabled_and_was_never_counted() {
        let disabled = user().disabled(Roster::FIRST, Timestamp::UNIX_EPOCH);
        let (disabled, left) = disabled.expect("another one remains");
        assert!(!disabled.is_active());
        assert_eq!(left, None);
    }

    #[test]
    fn one_of_two_is_disabled_once() {
        let two = Roster::FIRST.with_one_more();
        let disabled = settled().disabled(two, Timestamp::UNIX_EPOCH);
        let (disabled, left) = disabled.expect("two");
        assert!(!disabled.is_active());
        assert_eq!(
            left,
            Some(Roster {
                active: 1,
                version: 3
            })
        );
        assert_eq!(disabled.credentials_version, 3);
        let again = disabled.disabled(two, Timestamp::UNIX_EPOCH);
        assert_eq!(again, Err(CannotDisable::AlreadyDisabled));
    }
}
