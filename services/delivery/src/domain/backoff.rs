//! When a mail that did not leave is tried again.

use jiff::SignedDuration;

/// How often one mail is tried; with the waits below that is about a quarter
/// of an hour, after which the recipient counts as failed. Attempts that met a
/// mail side out of order are not counted.
pub(crate) const MAX_ATTEMPTS: u32 = 20;

/// The wait after the first attempt; it doubles with each further one.
const FIRST: SignedDuration = SignedDuration::from_millis(500);
/// The longest wait.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// The wait after attempt number `attempts`, counted from 1; none if it was
/// the last.
pub(crate) fn wait_after(attempts: u32) -> Option<SignedDuration> {
    if attempts >= MAX_ATTEMPTS {
        return None;
    }
    let doubled = 2_i32
        .checked_pow(attempts.saturating_sub(1))
        .and_then(|factor| FIRST.checked_mul(factor))
        .unwrap_or(LONGEST);
    Some(doubled.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_double_up_to_the_longest_and_come_to_an_end() {
        let waits: Vec<_> = (1..).map_while(wait_after).collect();
        assert_eq!(waits.len(), 19);
        assert_eq!(waits[0], SignedDuration::from_millis(500));
        assert_eq!(waits[3], SignedDuration::from_secs(4));
        assert_eq!(waits[18], LONGEST);
        let total: SignedDuration = waits
            .into_iter()
            .fold(SignedDuration::ZERO, |sum, wait| sum + wait);
        assert!(total < SignedDuration::from_mins(16), "{total}");
    }
}
