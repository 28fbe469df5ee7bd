//! What keeps a browser signed in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::user::{User, Username};

/// A session ends this long after it was opened, whatever happens in it.
pub(crate) const ABSOLUTE_LIFETIME: SignedDuration = SignedDuration::from_hours(12);
/// A session ends when nothing was asked in it for this long: writing an issue
/// asks nothing, and takes a while.
pub(crate) const IDLE_LIFETIME: SignedDuration = SignedDuration::from_hours(2);
/// That something was asked is written down no more often than this.
pub(crate) const TOUCH_INTERVAL: SignedDuration = SignedDuration::from_mins(1);

/// Random bytes in a token.
const TOKEN_BYTES: usize = 32;

/// What the browser holds: 256 random bits.
#[derive(Debug, Clone)]
pub(crate) struct SessionToken(SecretString);

/// A token's SHA-256: what the store holds, so that who reads the store cannot
/// sign in with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionId(String);

impl SessionToken {
    /// A token of these random bytes.
    pub(crate) fn new(random: [u8; TOKEN_BYTES]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random).into())
    }

    /// Reads what a browser sent; none if it can be no token.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == TOKEN_BYTES).then(|| Self(text.to_owned().into()))
    }

    /// The text for the cookie.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The id of the session that the token opens.
    pub(crate) fn id(&self) -> SessionId {
        SessionId(hex::encode(Sha256::digest(self.expose())))
    }
}

impl SessionId {
    /// As hexadecimal digits.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Whose it is.
    pub(crate) username: Username,
    /// The user's [`User::credentials_version`] when it was opened.
    pub(crate) credentials_version: u64,
    /// When it was opened.
    pub(crate) opened_at: Timestamp,
    /// When something was last asked in it, give or take [`TOUCH_INTERVAL`].
    pub(crate) last_seen_at: Timestamp,
}

impl Session {
    /// A session of `user` that begins now.
    pub(crate) fn open(user: &User, now: Timestamp) -> Self {
        Self {
            username: user.username.clone(),
            credentials_version: user.credentials_version,
            opened_at: now,
            last_seen_at: now,
        }
    }

    /// Whether it is over for `user`: too old, unused for too long, or opened
    /// under credentials that are no longer good.
    pub(crate) fn is_over(&self, user: &User, now: Timestamp) -> bool {
        now >= self.opened_at + ABSOLUTE_LIFETIME
            || now >= self.last_seen_at + IDLE_LIFETIME
            || self.credentials_version != user.credentials_version
            || !user.is_active()
    }

    /// The session as seen now, if that is worth writing down.
    pub(crate) fn touched(&self, now: Timestamp) -> Option<Self> {
        (now >= self.last_seen_at + TOUCH_INTERVAL).then(|| Self {
            last_seen_at: now,
            ..self.clone()
        })
    }

    /// When it will be over for certain, if nothing more is asked in it.
    pub(crate) fn expires_at(&self) -> Timestamp {
        (self.opened_at + ABSOLUTE_LIFETIME).min(self.last_seen_at + IDLE_LIFETIME)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::password::PasswordHash;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn user() -> User {
        let username = Username::parse("ada").expect("valid");
        User::new(Uuid::nil(), username, PasswordHash::dummy(), false, START)
    }

    #[test]
    fn a_token_is_read_back_and_its_id_does_not_show_it() {
        let token = SessionToken::new([9; 32]);
        let same = SessionToken::parse(token.expose()).expect("a token");
        assert_eq!(token.id(), same.id());
        assert_ne!(token.id().as_str(), token.expose());
        assert!(SessionToken::parse("short").is_none());
        assert!(SessionToken::parse("").is_none());
    }

    #[test]
    fn two_hours_unused_are_the_end() {
        let session = Session::open(&user(), START);
        let almost = START + IDLE_LIFETIME - SignedDuration::from_millis(1);
        assert!(!session.is_over(&user(), almost));
        assert!(session.is_over(&user(), START + IDLE_LIFETIME));
    }

    #[test]
    fn twelve_hours_are_the_end_even_in_use() {
        let mut session = Session::open(&user(), START);
        session.last_seen_at = START + ABSOLUTE_LIFETIME - SignedDuration::from_mins(5);
        assert!(!session.is_over(&user(), session.last_seen_at));
        assert!(session.is_over(&user(), START + ABSOLUTE_LIFETIME));
        assert_eq!(session.expires_at(), START + ABSOLUTE_LIFETIME);
    }

    #[test]
    fn new_credentials_and_a_disabled_user_end_it() {
        let session = Session::open(&user(), START);
        let changed = user().with_password(PasswordHash::dummy());
        assert!(session.is_over(&changed, START));
        let disabled = User {
            disabled_at: Some(START),
            ..user()
        };
        assert!(session.is_over(&disabled, START));
    }

    #[test]
    fn use_is_written_down_once_a_minute() {
        let session = Session::open(&user(), START);
        let soon = START + SignedDuration::from_secs(59);
        assert_eq!(session.touched(soon), None);
        let later = START + TOUCH_INTERVAL;
        let touched = session.touched(later).expect("a minute on");
        assert_eq!(touched.last_seen_at, later);
        assert_eq!(touched.opened_at, START);
    }
}
