//! What this service derives with its own keys.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::SubscriberEmail;

/// HMAC-SHA256 (RFC 2104) over the parts, one after the other.
pub(super) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Stands for an address where the address itself must not stand: equal for
/// every spelling of it, and of no use to anybody who has not the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddressFingerprint(String);

impl AddressFingerprint {
    /// The fingerprint of `email` under `key`.
    pub(crate) fn of(email: &SubscriberEmail, key: &[u8]) -> Self {
        let hash = hmac_sha256(key, &[email.comparison_key().as_bytes()]);
        Self(hex::encode(hash))
    }

    /// In hexadecimal.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str, key: &[u8]) -> AddressFingerprint {
        AddressFingerprint::of(&SubscriberEmail::parse(address).expect("valid"), key)
    }

    #[test]
    fn spellings_of_one_address_have_one_fingerprint() {
        assert_eq!(of("Ann@Example.com", b"key"), of("ann@example.COM", b"key"));
        assert_ne!(
            of("ann@example.com", b"key"),
            of("anne@example.com", b"key")
        );
    }

    #[test]
    fn another_key_makes_another_fingerprint() {
        assert_ne!(
            of("ann@example.com", b"key"),
            of("ann@example.com", b"other")
        );
    }

    #[test]
    fn it_is_the_hmac_of_the_standard() {
        // RFC 4231, test case 2
        assert_eq!(
            hex::encode(hmac_sha256(
                b"Jefe",
                &[b"what do ya want ", b"for nothing?"]
            )),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
