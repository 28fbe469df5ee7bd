//! How fast issues go out.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Mails per second, exact to a thousandth, from [`SendRate::LEAST`] to
/// [`SendRate::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendRate {
    per_thousand_seconds: u64,
}

/// The text names no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a rate is a number of emails per second from {} to {}",
    SendRate::LEAST,
    SendRate::MOST
)]
pub struct BadSendRate;

impl SendRate {
    /// Less would be a pause.
    pub const LEAST: f64 = 0.01;
    /// More is no limit.
    pub const MOST: f64 = 1_000_000.0;

    /// That many mails per second.
    ///
    /// # Errors
    /// [`BadSendRate`] if it is too few or too many, or no number.
    pub fn new(per_second: f64) -> Result<Self, BadSendRate> {
        if !(Self::LEAST..=Self::MOST).contains(&per_second) {
            return Err(BadSendRate);
        }
        Ok(Self {
            per_thousand_seconds: (per_second * 1_000.0).round() as u64,
        })
    }

    /// The smallest.
    pub(crate) fn least() -> Self {
        Self {
            per_thousand_seconds: (Self::LEAST * 1_000.0).round() as u64,
        }
    }

    /// For a mail side that has a quota and does not tell it now: what SES gives
    /// an account in its sandbox, one mail per second.
    pub(crate) fn cautious() -> Self {
        Self {
            per_thousand_seconds: 1_000,
        }
    }

    /// The slower of two; none: no limit.
    pub(crate) fn slower(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// What is left for issues of what a mail side takes of all mails, where that
    /// is more than the least.
    pub(crate) fn for_issues(quota: f64) -> Result<Self, BadSendRate> {
        Self::new((quota * (1.0 - CONFIRMATIONS)).min(Self::MOST))
    }

    /// Mails per second.
    pub fn per_second(self) -> f64 {
        self.per_thousand_seconds as f64 / 1_000.0
    }
}

/// The share of a mail side's quota that is kept for confirmation mails: nobody
/// waits for one until an issue has gone out.
const CONFIRMATIONS: f64 = 0.1;

impl FromStr for SendRate {
    type Err = BadSendRate;

    /// # Errors
    /// See [`BadSendRate`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text.parse().map_err(|_| BadSendRate)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_positive_number_within_bounds() {
        let rate = |text: &str| text.parse::<SendRate>().map(SendRate::per_second);
        for (text, per_second) in [
            ("10", 10.0),
            ("0.5", 0.5),
            ("14.25", 14.25),
            ("1e3", 1000.0),
        ] {
            assert_eq!(rate(text), Ok(per_second));
        }
        for text in ["", "0", "-1", "0.001", "fast", "NaN", "inf", "1e7", "10/s"] {
            assert_eq!(rate(text), Err(BadSendRate), "{text}");
        }
    }

    #[test]
    fn of_two_rates_the_slower_counts_and_no_rate_is_no_limit() {
        let rate = |per_second: f64| SendRate::new(per_second).ok();
        assert_eq!(SendRate::slower(rate(2.0), rate(1.0)), rate(1.0));
        assert_eq!(SendRate::slower(None, rate(1.0)), rate(1.0));
        assert_eq!(SendRate::slower(rate(1.0), None), rate(1.0));
        assert_eq!(SendRate::slower(None, None), None);
        assert_eq!(SendRate::least().per_second(), SendRate::LEAST);
    }

    #[test]
    fn a_tenth_of_a_quota_is_kept_for_confirmations() {
        let rate = SendRate::for_issues(50.0).expect("a rate");
        assert_eq!(rate.per_second(), 45.0);
    }
}
