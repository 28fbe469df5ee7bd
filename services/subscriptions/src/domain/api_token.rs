//! What programs sign in with.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::user::{User, Username};

/// The most tokens that one user has at a time: they make one page.
pub(crate) const MAX_TOKENS: u64 = 100;
/// The longest name, in characters (Unicode scalar values).
pub(crate) const MAX_TOKEN_NAME_LENGTH: usize = 100;
/// What every token begins with, so that people and scanners of leaked
/// secrets know it when they see it.
const PREFIX: &str = "pp_";
/// The random bytes of a token.
const SECRET_BYTES: usize = 32;

/// What a token is for, in its owner's words: 1 to 100 characters, not blank,
/// on one line. Spaces around it are dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct TokenName(String);

/// What is wrong with the name of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTokenName {
    /// There is nothing in it.
    #[error("The name of the token is empty.")]
    Blank,
    /// It is longer than [`MAX_TOKEN_NAME_LENGTH`].
    #[error("The name of the token is longer than {MAX_TOKEN_NAME_LENGTH} characters.")]
    TooLong,
    /// It holds a line break or another control character.
    #[error("The name of the token holds a line break or another control character.")]
    ControlCharacter,
}

impl TokenName {
    /// Reads a name.
    ///
    /// # Errors
    /// See [`InvalidTokenName`].
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidTokenName> {
        let breaks_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        // Before trimming, which would hide a line break at the end.
        if text.chars().any(breaks_line) {
            return Err(InvalidTokenName::ControlCharacter);
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidTokenName::Blank);
        }
        if text.chars().count() > MAX_TOKEN_NAME_LENGTH {
            return Err(InvalidTokenName::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for TokenName {
    type Error = InvalidTokenName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<TokenName> for String {
    fn from(name: TokenName) -> Self {
        name.0
    }
}

/// A token as it is stored: without what makes it one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApiToken {
    /// Names the token for good; no secret.
    pub(crate) id: Uuid,
    /// Whose it is.
    pub(crate) user_id: Uuid,
    /// The same user's name, which never changes: by it they are found.
    pub(crate) username: Username,
    /// What it is for.
    pub(crate) name: TokenName,
    /// When it was issued.
    pub(crate) created_at: Timestamp,
    /// The SHA-256 of its random bytes, in hexadecimal. They are random, so a
    /// plain hash is enough: who reads the table cannot sign in.
    secret_hash: String,
}

impl ApiToken {
    /// The token of these random bytes, and the text that is shown once.
    pub(crate) fn issue(
        id: Uuid,
        user: &User,
        name: TokenName,
        secret: [u8; SECRET_BYTES],
        now: Timestamp,
    ) -> (Self, SecretString) {
        let text = format!(
            "{PREFIX}{}_{}",
            id.simple(),
            BASE64_URL_SAFE_NO_PAD.encode(secret)
        );
        let token = Self {
            id,
            user_id: user.id,
            username: user.username.clone(),
            name,
            created_at: now,
            secret_hash: hash(&secret),
        };
        (token, text.into())
    }

    /// Whether that is this token; takes as long whether it is or not.
    pub(crate) fn is_presented_by(&self, presented: &PresentedToken) -> bool {
        let same_secret = self
            .secret_hash
            .as_bytes()
            .ct_eq(hash(&presented.secret).as_bytes());
        self.id == presented.id && same_secret.into()
    }
}

fn hash(secret: &[u8; SECRET_BYTES]) -> String {
    hex::encode(Sha256::digest(secret))
}

/// What somebody says is a token. `Debug` hides its secret.
pub(crate) struct PresentedToken {
    /// Which token it says it is.
    pub(crate) id: Uuid,
    secret: [u8; SECRET_BYTES],
}

impl PresentedToken {
    /// Reads what somebody presents; none if it can be no token of ours.
    pub(crate) fn parse(text: &SecretString) -> Option<Self> {
        let rest = text.expose_secret().strip_prefix(PREFIX)?;
        let (id_text, secret) = rest.split_once('_')?;
        let id = Uuid::try_parse(id_text).ok()?;
        // A token has one spelling.
        if id.simple().to_string() != id_text {
            return None;
        }
        let secret = BASE64_URL_SAFE_NO_PAD.decode(secret).ok()?;
        let secret = secret.try_into().ok()?;
        Some(Self { id, secret })
    }
}

impl fmt::Debug for PresentedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresentedToken")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// How many tokens a user has: written in the transaction of every change to
/// that number, so that two such changes cannot pass each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TokenCount {
    /// Tokens that are not revoked.
    pub(crate) tokens: u64,
    /// Grows with every change; 0 before the first.
    pub(crate) version: u64,
}

impl TokenCount {
    /// With one more; none if the user has [`MAX_TOKENS`].
    pub(crate) fn with_one_more(self) -> Option<Self> {
        (self.tokens < MAX_TOKENS).then_some(Self {
            tokens: self.tokens + 1,
            version: self.version + 1,
        })
    }

    /// With one fewer.
    #[must_use]
    pub(crate) fn with_one_fewer(self) -> Self {
        Self {
            tokens: self.tokens.saturating_sub(1),
            version: self.version + 1,
        }
    }
}

#[cfg(test)]
mod tests;
