//! What the mail side takes: how fast, and how many more today.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ambient::Randomness;
use tokio::time::Instant;

use crate::{
    domain::rate::SendRate,
    mail::{MailSender, QuotaUnknown, SendQuota},
};

/// How long what the mail side told counts as news.
const FRESH: Duration = Duration::from_secs(60);
/// The wait after it did not tell, and as much again at random: SES tells an
/// account once a second, and there is a process for each shard.
const RETRY: Duration = Duration::from_secs(10);
/// How long it is waited for while an issue goes out.
const PATIENCE: Duration = Duration::from_secs(3);

/// The share of a day's quota that issues leave for confirmation mails, in
/// per cent.
const CONFIRMATIONS_PER_CENT: u64 = 5;
/// The least that they leave.
const CONFIRMATIONS_LEAST: u64 = 50;

/// What this process knows of the mail side's quota.
#[derive(Debug)]
pub(crate) struct Allowance {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// As it was last told; none: never.
    told: Option<Told>,
    /// Not to be asked before.
    ask_at: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Told {
    quota: Option<SendQuota>,
    /// Mails of issues since.
    since: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        let ask_at = Instant::now();
        let state = Mutex::new(State { told: None, ask_at });
        Self { state }
    }
}

impl Allowance {
    /// Asks the mail side now; the rate for issues, none: it names no limit.
    ///
    /// # Errors
    /// See [`QuotaUnknown`].
    pub(super) async fn ask(
        &self,
        mail: &dyn MailSender,
        randomness: &dyn Randomness,
    ) -> Result<Option<SendRate>, QuotaUnknown> {
        self.lock().ask_at = Instant::now() + RETRY + jitter(randomness);
        let quota = mail.quota().await?;
        let mut state = self.lock();
        state.told = Some(Told { quota, since: 0 });
        state.ask_at = Instant::now() + FRESH;
        Ok(for_issues(quota))
    }

    /// Whether what the mail side told is no news any more.
    pub(super) fn is_due(&self) -> bool {
        Instant::now() >= self.lock().ask_at
    }

    /// Asks the mail side if that is due. What it does not tell is left as it was.
    pub(super) async fn refresh(&self, mail: &dyn MailSender, randomness: &dyn Randomness) {
        if !self.is_due() {
            return;
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask(mail, randomness)).await;
        let error = match asked {
            Ok(Ok(_)) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        tracing::warn!(error, "the mail side's quota is taken for what it was");
    }

    /// The rate for issues; `otherwise` if the mail side has not told here.
    pub(super) fn rate(&self, otherwise: Option<SendRate>) -> Option<SendRate> {
        match self.lock().told {
            Some(told) => for_issues(told.quota),
            None => otherwise,
        }
    }

    /// Takes so many mails of the day's, if they leave enough for confirmations.
    pub(super) fn take(&self, mails: usize) -> bool {
        let mut state = self.lock();
        let Some(told) = &mut state.told else {
            return true;
        };
        let after = told.since + mails as u64;
        if told.quota.is_some_and(|quota| after > left(quota)) {
            return false;
        }
        told.since = after;
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn jitter(randomness: &dyn Randomness) -> Duration {
    let mut byte = [0];
    randomness.fill(&mut byte);
    RETRY * u32::from(byte[0]) / u32::from(u8::MAX)
}

/// A rate that is too small for one stands for the smallest.
fn for_issues(quota: Option<SendQuota>) -> Option<SendRate> {
    let per_second = quota?.per_second;
    Some(SendRate::for_issues(per_second).unwrap_or_else(|_| SendRate::least()))
}

/// How many mails issues may still take of the day's.
fn left(quota: SendQuota) -> u64 {
    let Some(today) = quota.today else {
        return u64::MAX;
    };
    let kept = (today.most * CONFIRMATIONS_PER_CENT / 100).max(CONFIRMATIONS_LEAST);
    today.left.saturating_sub(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Today;

    fn allowance(most: u64, left: u64) -> Allowance {
        let allowance = Allowance::default();
        let quota = SendQuota {
            per_second: 14.0,
            today: Some(Today { most, left }),
        };
        allowance.lock().told = Some(Told {
            quota: Some(quota),
            since: 0,
        });
        allowance
    }

    #[tokio::test]
    async fn a_twentieth_of_the_day_and_at_least_fifty_mails_are_left_for_confirmations() {
        for (most, left, issues) in [
            (50_000, 50_000, 47_500),
            (50_000, 2_501, 1),
            (50_000, 2_500, 0),
            (200, 200, 150),
            (200, 10, 0),
            (40, 40, 0),
        ] {
            let allowance = allowance(most, left);
            assert!(allowance.take(issues), "{most} {left}");
            assert!(!allowance.take(1), "{most} {left}");
        }
    }

    #[tokio::test]
    async fn who_was_not_told_or_has_no_limit_has_no_end() {
        assert!(Allowance::default().take(1_000_000));
        let allowance = Allowance::default();
        let (quota, since) = (None, 0);
        allowance.lock().told = Some(Told { quota, since });
        assert!(allowance.take(1_000_000));
        assert_eq!(allowance.rate(Some(SendRate::least())), None);
    }
}
