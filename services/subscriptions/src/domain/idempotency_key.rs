//! The key by which a repeated publication is recognised.

use jiff::SignedDuration;

/// The longest key, in characters.
pub(crate) const MAX_KEY_LENGTH: usize = 49;
/// How long a key is remembered.
pub(crate) const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);

/// What a client sends along so that repeating its request repeats nothing: 1
/// to 49 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdempotencyKey(String);

/// This is no idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The idempotency key has to have 1 to {MAX_KEY_LENGTH} characters.")]
pub(crate) struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`InvalidIdempotencyKey`] if it is empty or too long.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        match text.chars().count() {
            1..=MAX_KEY_LENGTH => Ok(Self(text.to_owned())),
            _ => Err(InvalidIdempotencyKey),
        }
    }

    /// The key as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_to_forty_nine_characters() {
        assert!(IdempotencyKey::parse("").is_err());
        assert!(IdempotencyKey::parse(&"é".repeat(49)).is_ok());
        assert!(IdempotencyKey::parse(&"a".repeat(50)).is_err());
    }
}
