//! What Secrets Manager keeps.

use aws_sdk_secretsmanager::Client;
use aws_types::SdkConfig;
use dynamo::describe;
use hmac::{Hmac, KeyInit, Mac};
use lambda_host::Failure;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;
use subscriptions::Secrets;

/// Fetches the text of the secret `arn`.
///
/// # Errors
/// [`Failure::Transient`] if Secrets Manager does not give it.
pub(crate) async fn fetch(sdk: &SdkConfig, arn: &str) -> Result<SecretString, Failure> {
    let asked = Client::new(sdk).get_secret_value().secret_id(arn).send();
    let unavailable = |why| Failure::Transient(format!("a secret cannot be had: {why}"));
    let secret = asked.await.map_err(|error| unavailable(describe(&error)))?;
    let text = secret.secret_string.map(SecretString::from);
    text.ok_or_else(|| unavailable("it is no text".to_owned()))
}

/// The service's keys, each made from the whole of `root`, which is random: who
/// knows one of them does not know the other.
pub(crate) fn keys(root: &SecretString) -> Secrets {
    Secrets {
        unsubscribe_key: derived(root, b"pennypost unsubscribe key"),
        address_key: derived(root, b"pennypost address key"),
    }
}

fn derived(root: &SecretString, purpose: &[u8]) -> SecretSlice<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(root.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(purpose);
    SecretSlice::from(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_depend_on_the_root_alone_and_differ() {
        let exposed = |root: &str| {
            let keys = keys(&SecretString::from(root));
            let unsubscribe_key = keys.unsubscribe_key.expose_secret().to_vec();
            (unsubscribe_key, keys.address_key.expose_secret().to_vec())
        };
        let (unsubscribe_key, address_key) = exposed("a");
        assert_eq!(unsubscribe_key.len(), 32);
        assert_ne!(unsubscribe_key, address_key);
        assert_eq!(exposed("a"), (unsubscribe_key.clone(), address_key));
        assert_ne!(exposed("b").0, unsubscribe_key);
    }
}
