//! The tokens in unsubscribe links.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{SubscriberId, keyed_hash::hmac_sha256};

/// Keeps these MACs apart from any other that the same key could make.
const PURPOSE: &[u8] = b"unsubscribe:v1";
/// The length of a subscriber's id in bytes.
const ID_LENGTH: usize = 16;

/// The token that unsubscribes `subscriber`: its id and a MAC of that, base64url.
/// It is the same each time, never expires, and can do nothing else.
pub(crate) fn unsubscribe_token(subscriber: SubscriberId, key: &[u8]) -> String {
    let mut token = subscriber.0.as_bytes().to_vec();
    token.extend(mac(&token, key));
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

/// Whom a token unsubscribes; none if it is not genuine.
pub(crate) fn read_unsubscribe_token(token: &str, key: &[u8]) -> Option<SubscriberId> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let (id, claimed) = bytes.split_at_checked(ID_LENGTH)?;
    let genuine: bool = mac(id, key).ct_eq(claimed).into();
    let id = Uuid::from_slice(id).ok()?;
    genuine.then_some(SubscriberId(id))
}

fn mac(id: &[u8], key: &[u8]) -> [u8; 32] {
    hmac_sha256(key, &[PURPOSE, id])
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = &[9; 32];

    fn subscriber() -> SubscriberId {
        SubscriberId(Uuid::from_u128(0x0123_4567_89ab_cdef))
    }

    #[test]
    fn a_genuine_token_names_its_subscriber_and_is_the_same_each_time() {
        let token = unsubscribe_token(subscriber(), KEY);
        assert_eq!(token, unsubscribe_token(subscriber(), KEY));
        assert_eq!(read_unsubscribe_token(&token, KEY), Some(subscriber()));
    }

    #[test]
    fn no_single_changed_bit_is_genuine() {
        let token = unsubscribe_token(subscriber(), KEY);
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).expect("base64url");
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            let forged = BASE64_URL_SAFE_NO_PAD.encode(forged);
            assert_eq!(read_unsubscribe_token(&forged, KEY), None, "bit {bit}");
        }
    }

    #[test]
    fn another_key_and_other_texts_are_not_genuine() {
        let token = unsubscribe_token(subscriber(), KEY);
        assert_eq!(read_unsubscribe_token(&token, &[8; 32]), None);
        let (longer, shorter) = (format!("{token}AA"), &token[..40]);
        for text in ["", "x", "🦀", &longer, shorter, &subscriber().0.to_string()] {
            assert_eq!(read_unsubscribe_token(text, KEY), None, "{text}");
        }
    }
}
