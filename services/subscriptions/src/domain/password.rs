//! Passwords: what is taken for one, and how it is kept.
//!
//! Parameters after OWASP's Password Storage Cheat Sheet: Argon2id with 19 MiB
//! of memory, two passes, one lane.

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Error, phc},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// The shortest password, in characters.
pub(crate) const MIN_LENGTH: usize = 12;
/// The longest password, in characters.
pub(crate) const MAX_LENGTH: usize = 128;

/// Argon2's memory, in KiB.
const MEMORY_KIB: u32 = 19_456;
/// Argon2's passes over that memory.
const PASSES: u32 = 2;
/// Argon2's lanes.
const LANES: u32 = 1;

/// Random bytes in a salt, as the PHC string format recommends.
pub(crate) const SALT_BYTES: usize = 16;

/// A well-formed hash, of the same cost as any, that no known password has.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$cGVubnlwb3N0LWR1bW15IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Letters and digits of a one-time password: 32 of them, none of which is
/// taken for another (no `i`, `l`, `o`, `u`).
const ONE_TIME_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of a one-time password, 5 random bits each.
pub(crate) const ONE_TIME_LENGTH: usize = 20;
/// Characters between two dashes of a one-time password.
const ONE_TIME_GROUP: usize = 5;

/// A password that somebody may choose: 12 to 128 characters.
#[derive(Debug, Clone)]
pub(crate) struct NewPassword(SecretString);

/// Which bound a new password breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPassword {
    /// It is shorter than [`MIN_LENGTH`].
    #[error("the password is shorter than {MIN_LENGTH} characters")]
    TooShort,
    /// It is longer than [`MAX_LENGTH`].
    #[error("the password is longer than {MAX_LENGTH} characters")]
    TooLong,
}

impl NewPassword {
    /// Takes a password.
    ///
    /// # Errors
    /// [`InvalidPassword`] if it is too short or too long.
    pub(crate) fn parse(password: SecretString) -> Result<Self, InvalidPassword> {
        match password.expose_secret().chars().count() {
            ..MIN_LENGTH => Err(InvalidPassword::TooShort),
            MIN_LENGTH..=MAX_LENGTH => Ok(Self(password)),
            _ => Err(InvalidPassword::TooLong),
        }
    }

    /// A password made of random bytes, easy to read out and to type.
    pub(crate) fn one_time(random: [u8; ONE_TIME_LENGTH]) -> Self {
        let mut text = String::with_capacity(ONE_TIME_LENGTH + ONE_TIME_LENGTH / ONE_TIME_GROUP);
        for (place, byte) in random.into_iter().enumerate() {
            if place > 0 && place % ONE_TIME_GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(ONE_TIME_ALPHABET[usize::from(byte % 32)]));
        }
        Self(text.into())
    }

    /// The password itself.
    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

/// A password's hash in the PHC string format.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PasswordHash(String);

/// A hash could not be computed or read: never the user's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password hash could not be computed")]
pub(crate) struct HashingFailed;

impl PasswordHash {
    /// Hashes `password`; this takes tens of milliseconds of processor time
    /// and 19 MiB of memory.
    ///
    /// # Errors
    /// [`HashingFailed`] if Argon2 refuses its parameters.
    pub(crate) fn compute(
        password: &SecretString,
        salt: [u8; SALT_BYTES],
    ) -> Result<Self, HashingFailed> {
        let hash: phc::PasswordHash = argon2()?
            .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
            .map_err(|_| HashingFailed)?;
        Ok(Self(hash.to_string()))
    }

    /// A hash that no password is known to have, to be verified where there is
    /// no user: the answer then takes as long as where there is one.
    pub(crate) fn dummy() -> Self {
        Self(DUMMY.to_owned())
    }

    /// Whether it is the hash of `candidate`, at the same price as
    /// [`PasswordHash::compute`].
    ///
    /// # Errors
    /// [`HashingFailed`] if the hash is not what `compute` returns.
    pub(crate) fn verify(&self, candidate: &SecretString) -> Result<bool, HashingFailed> {
        let candidate = candidate.expose_secret().as_bytes();
        match argon2()?.verify_password(candidate, self.0.as_str()) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(_) => Err(HashingFailed),
        }
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[password hash]")
    }
}

fn argon2() -> Result<Argon2<'static>, HashingFailed> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| HashingFailed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        text.to_owned().into()
    }

    #[test]
    fn a_hash_names_its_algorithm_and_parameters() {
        let hash = PasswordHash::compute(&secret("correct horse"), [7; 16]).expect("hashes");
        assert!(
            hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            hash.0
        );
    }

    #[test]
    fn only_the_password_itself_is_verified() {
        let hash = PasswordHash::compute(&secret("correct horse"), [7; 16]).expect("hashes");
        assert_eq!(hash.verify(&secret("correct horse")), Ok(true));
        assert_eq!(hash.verify(&secret("correct horsf")), Ok(false));
    }

    #[test]
    fn the_dummy_has_the_parameters_and_lengths_of_a_real_hash() {
        let real = PasswordHash::compute(&secret("correct horse"), [7; 16]).expect("hashes");
        assert_eq!(DUMMY.len(), real.0.len());
        assert_eq!(DUMMY.rsplitn(3, '$').last(), real.0.rsplitn(3, '$').last());
        assert_eq!(PasswordHash::dummy().verify(&secret("")), Ok(false));
    }

    #[test]
    fn length_is_counted_in_characters_and_both_bounds_count() {
        let parse = |text: String| NewPassword::parse(text.into()).map(|_| ());
        assert_eq!(parse("é".repeat(11)), Err(InvalidPassword::TooShort));
        assert_eq!(parse("é".repeat(12)), Ok(()));
        assert_eq!(parse("é".repeat(128)), Ok(()));
        assert_eq!(parse("é".repeat(129)), Err(InvalidPassword::TooLong));
    }

    #[test]
    fn a_one_time_password_is_in_groups_and_may_be_chosen() {
        let mut random = [0; ONE_TIME_LENGTH];
        random[0] = 33;
        let password = NewPassword::one_time(random);
        assert_eq!(password.secret().expose_secret(), "10000-00000-00000-00000");
        assert!(NewPassword::parse(password.secret().clone()).is_ok());
    }
}
