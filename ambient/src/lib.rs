//! What a process gets from outside itself: the time and randomness.
//!
//! Both are ports, so that a test or a simulator decides what they answer.
//! The domain never sees them: use cases ask, and hand the values on.

use std::sync::Arc;

use jiff::{Timestamp, Unit};
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, MUST be in whole milliseconds: what is stored, put
    /// into an event and compared later is then the same value everywhere.
    fn now(&self) -> Timestamp;
}

/// A source of unpredictable bytes, fit for secrets.
pub trait Randomness: Send + Sync + 'static {
    /// Fills `buffer` with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

impl dyn Randomness {
    /// A fresh random (version 4) UUID.
    pub fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// 256 fresh random bits, for a token that nobody may guess.
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }
}

/// A shared clock, as composition roots hand it around.
pub type SharedClock = Arc<dyn Clock>;

/// Shared randomness, as composition roots hand it around.
pub type SharedRandomness = Arc<dyn Randomness>;

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        whole_milliseconds(Timestamp::now())
    }
}

/// The randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    /// # Panics
    /// If the operating system has no randomness to give: there is no safe way
    /// to go on without.
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system gives randomness");
    }
}

/// `moment` without what lies below the millisecond.
pub fn whole_milliseconds(moment: Timestamp) -> Timestamp {
    moment
        .round(
            jiff::TimestampRound::new()
                .smallest(Unit::Millisecond)
                .mode(jiff::RoundMode::Trunc),
        )
        .expect("rounding down to a millisecond stays in range")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_ticks_in_whole_milliseconds() {
        assert_eq!(SystemClock.now().subsec_nanosecond() % 1_000_000, 0);
    }

    #[test]
    fn two_random_uuids_differ_and_are_of_version_4() {
        let randomness: &dyn Randomness = &SystemRandomness;
        let (one, other) = (randomness.uuid(), randomness.uuid());
        assert_ne!(one, other);
        assert_eq!(one.get_version_num(), 4);
    }
}
