//! The keys of an installation, and the text they are kept as.

use ambient::SharedRandomness;
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};
use subscriptions::Secrets;

/// How many bytes each key has.
const KEY_BYTES: usize = 32;

/// The file of the keys.
#[derive(Serialize, Deserialize)]
struct KeysFile {
    unsubscribe_key: String,
    address_key: String,
}

/// Keys that nobody knows, for an installation that keeps nothing.
pub(crate) fn fresh_secrets(randomness: &SharedRandomness) -> Secrets {
    Secrets {
        unsubscribe_key: SecretSlice::from(randomness.secret().to_vec()),
        address_key: SecretSlice::from(randomness.secret().to_vec()),
    }
}

pub(crate) fn read_keys(bytes: &[u8]) -> Option<Secrets> {
    let keys: KeysFile = serde_json::from_slice(bytes).ok()?;
    Some(Secrets {
        unsubscribe_key: read_key(&keys.unsubscribe_key)?,
        address_key: read_key(&keys.address_key)?,
    })
}

fn read_key(text: &str) -> Option<SecretSlice<u8>> {
    let key = hex::decode(text).ok()?;
    (key.len() == KEY_BYTES).then(|| SecretSlice::from(key))
}

pub(crate) fn write_keys(secrets: &Secrets) -> serde_json::Result<Vec<u8>> {
    let keys = KeysFile {
        unsubscribe_key: hex::encode(secrets.unsubscribe_key.expose_secret()),
        address_key: hex::encode(secrets.address_key.expose_secret()),
    };
    serde_json::to_vec_pretty(&keys)
}
