//! What a host decides about this service.

use secrecy::SecretSlice;
use url::Url;

/// The settings of one deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name of the service's DynamoDB table.
    pub table: String,
    /// The deployment, such as `local` or `production`; every event carries it.
    pub stage: String,
    /// The base of every link in a mail. It may have a path, with or without a
    /// slash at its end. With `https`, cookies are `Secure` and HSTS is sent.
    pub public_url: Url,
    /// The keys that only this service has.
    pub secrets: Secrets,
}

/// The service's own keys. Who has them can unsubscribe anybody and can tell
/// whether an address was ever known.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Signs unsubscribe links, 32 bytes. Links never expire: with another key
    /// every link that was ever mailed stops to work.
    pub unsubscribe_key: SecretSlice<u8>,
    /// Keys the hash under which an address is looked up, 32 bytes. With
    /// another key no address is recognised any more.
    pub address_key: SecretSlice<u8>,
}
