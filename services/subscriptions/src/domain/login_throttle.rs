//! How many wrong passwords are listened to.
//!
//! An attempt is counted before its password is looked at and taken back when
//! it was right: so a thousand guesses at the same moment are counted like a
//! thousand in a row.

use std::net::{IpAddr, Ipv6Addr};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::user::Username;

/// A window begins with the first attempt and lasts this long.
pub(crate) const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Failed attempts on one account in one window.
pub(crate) const MAX_PER_ACCOUNT: u64 = 10;
/// Failed attempts from one address of origin in one window.
pub(crate) const MAX_PER_ORIGIN: u64 = 50;

/// Bits of an IPv6 address that name a network; who has one has all its
/// addresses. Source: RFC 6177.
const IPV6_NETWORK_BITS: u32 = 64;

/// Whose attempts are counted. Neither the username nor the address can be
/// read back from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Attempts on one account, whether it exists or not.
    Account(String),
    /// Attempts from one address of origin.
    Origin(String),
}

impl Counted {
    /// The counter of an account.
    pub(crate) fn account(username: &Username) -> Self {
        Self::Account(hex::encode(Sha256::digest(username.key())))
    }

    /// The counter of an address of origin. There are few enough IPv4
    /// addresses to try them all, so the hash is a keyed one.
    pub(crate) fn origin(address: IpAddr, key: &[u8]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(b"login origin ");
        mac.update(network(address).to_string().as_bytes());
        Self::Origin(hex::encode(mac.finalize().into_bytes()))
    }

    /// How many failures there may be in a window.
    pub(crate) fn limit(&self) -> u64 {
        match self {
            Self::Account(_) => MAX_PER_ACCOUNT,
            Self::Origin(_) => MAX_PER_ORIGIN,
        }
    }
}

/// What stands for `address`: an IPv4 address itself, an IPv6 address's network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << (128 - IPV6_NETWORK_BITS));
            Ipv6Addr::from_bits(network).into()
        }
        v4 => v4,
    }
}

/// The attempts of one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempts {
    /// How many there were.
    pub(crate) attempts: u64,
    /// When the window began.
    pub(crate) since: Timestamp,
}

impl Attempts {
    /// A window that begins with an attempt now.
    pub(crate) fn first(now: Timestamp) -> Self {
        Self {
            attempts: 1,
            since: now,
        }
    }

    /// Whether the window is over and its attempts are forgotten.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        now >= self.ends_at()
    }

    /// When the window is over.
    pub(crate) fn ends_at(&self) -> Timestamp {
        self.since + WINDOW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(address: &str) -> Counted {
        Counted::origin(address.parse().expect("an address"), b"key")
    }

    #[test]
    fn an_ipv6_network_is_one_origin_and_ipv4_addresses_are_many() {
        assert_eq!(origin("2001:db8::1"), origin("2001:db8::ffff:1"));
        assert_ne!(origin("2001:db8::1"), origin("2001:db8:0:1::1"));
        assert_ne!(origin("192.0.2.1"), origin("192.0.2.2"));
        assert_eq!(origin("192.0.2.1"), origin("::ffff:192.0.2.1"));
    }

    #[test]
    fn the_counters_show_neither_username_nor_address() {
        let account = Counted::account(&Username::parse("ada").expect("valid"));
        let shown = format!("{account:?} {:?}", origin("192.0.2.1"));
        assert!(
            !shown.contains("ada\"") && !shown.contains("192.0.2.1"),
            "{shown}"
        );
    }

    #[test]
    fn a_window_lasts_from_its_first_attempt() {
        let first = Attempts::first(Timestamp::UNIX_EPOCH);
        assert!(!first.is_over(Timestamp::UNIX_EPOCH));
        assert!(first.is_over(Timestamp::UNIX_EPOCH + WINDOW));
    }
}
