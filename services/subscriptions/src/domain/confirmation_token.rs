//! The tokens in confirmation links.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

/// How long a link confirms.
pub(crate) const CONFIRMATION_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// 256 random bits. Whoever has them can confirm; `Debug` hides them.
#[derive(Clone)]
pub(crate) struct ConfirmationToken([u8; 32]);

impl ConfirmationToken {
    /// The token of these fresh random bits.
    pub(crate) fn from_random(bits: [u8; 32]) -> Self {
        Self(bits)
    }

    /// Reads a token back from a link. None if it cannot be one of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bits = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        bits.try_into().ok().map(Self)
    }

    /// As it stands in a link: base64url (RFC 4648, 5) without padding.
    pub(crate) fn expose(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored in its place, in hexadecimal: who reads the table cannot
    /// confirm anybody. The bits are random, so a plain hash is enough.
    pub(crate) fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.0))
    }
}

impl fmt::Debug for ConfirmationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_way_through_a_link() {
        let token = ConfirmationToken::from_random([0xfb; 32]);
        let text = token.expose();
        assert_eq!(text.len(), 43);
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        assert_eq!(
            ConfirmationToken::parse(&text).expect("a token").hash(),
            token.hash()
        );
    }

    #[test]
    fn what_is_stored_does_not_hold_the_token() {
        let token = ConfirmationToken::from_random([7; 32]);
        assert!(!token.hash().contains(&hex::encode([7; 32])));
        assert_eq!(format!("{token:?}"), "[token]");
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let good = ConfirmationToken::from_random([1; 32]).expose();
        let padded = format!("{good}=");
        let cut = &good[1..];
        for text in ["", "x", "%", "🦀", &padded, cut, &"A".repeat(100)] {
            assert!(ConfirmationToken::parse(text).is_none(), "{text}");
        }
    }
}
