//! What the mail side and the admin allow, and whether issues keep to it.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use delivery::SendRate;
use tokio::time::{Duration, Instant};

use crate::{
    chance::Chance,
    mail::{About, Became},
    planted::Planted,
    world::World,
};

/// The part of the account's rate that issues may take.
const ISSUES_SHARE: f64 = 0.9;
/// What SES takes of a small account in a day.
const DAY: u64 = 200;
/// How many mails of such a day issues leave to confirmations.
const KEPT: u64 = 50;
/// So much of that may be taken by mails that were on their way while the account
/// was asked, of all processes.
const OVERSHOOT: u64 = KEPT / 2;
/// A rate that is no limit here.
const FAST: f64 = 10_000.0;
const SECOND: Duration = Duration::from_secs(1);

/// Rates and quotas of a run.
#[derive(Debug)]
pub(crate) struct Account {
    /// The admin's own rate, in mails per second.
    send_rate: Option<f64>,
    /// What SES takes in a second.
    per_second: f64,
    day: Option<Day>,
    used: Mutex<Used>,
}

/// A day of which much is used up already.
#[derive(Debug)]
struct Day {
    left_at_first: u64,
    /// From then on there is no limit.
    restored_at: Instant,
}

#[derive(Debug, Default)]
struct Used {
    issues: u64,
    confirmations: u64,
}

impl Account {
    pub(crate) fn new(chance: &Chance) -> Self {
        let rates = [1.0, 4.0, 20.0, 50.0, 100.0];
        let send_rate = chance.one_in(3).then(|| chance.one_of(&rates));
        let per_second = match chance.one_in(2) {
            true => FAST,
            false => chance.one_of(&rates),
        };
        let day = chance.one_in(3).then(|| Day {
            left_at_first: chance.between(25, 90),
            restored_at: Instant::now() + Duration::from_secs(chance.between(60, 1_200)),
        });
        Self {
            send_rate,
            per_second,
            day,
            used: Mutex::default(),
        }
    }

    /// The rate that delivery is configured with.
    pub(crate) fn send_rate(&self, world: &World) -> Option<SendRate> {
        let rate = self
            .send_rate
            .filter(|_| !world.has(Planted::RateIgnored))?;
        Some(SendRate::new(rate).expect("within bounds"))
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.per_second
    }

    /// The most of the day, and how many mails of it are used; none: no limit.
    pub(crate) fn day(&self, world: &World) -> Option<(u64, u64)> {
        let day = self.limited(world)?;
        let used = self.used();
        let sent = DAY - day.left_at_first + used.issues + used.confirmations;
        Some((DAY, sent.min(DAY)))
    }

    /// Counts a mail that is about to leave; it does not where the day is used up.
    pub(crate) fn take(&self, world: &World, about: &About, became: Became) -> Became {
        let (true, Some(day)) = (became.left(), self.limited(world)) else {
            return became;
        };
        let mut used = self.used();
        if used.issues + used.confirmations >= day.left_at_first {
            return Became::AccountFault;
        }
        match about {
            About::Issue { .. } => used.issues += 1,
            About::Confirmation { .. } => used.confirmations += 1,
        }
        let share = day.left_at_first.saturating_sub(KEPT);
        if used.issues > share + OVERSHOOT {
            let broken = format!("issues take {} of {share} mails of the day", used.issues);
            world.watch.broken(broken);
        }
        became
    }

    fn limited(&self, world: &World) -> Option<&Day> {
        let is_limited = |day: &&Day| !world.is_calm() && Instant::now() < day.restored_at;
        self.day.as_ref().filter(is_limited)
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most mails of issues in a second.
    fn most(&self, is_ses: bool) -> f64 {
        let own = self.send_rate.unwrap_or(f64::INFINITY);
        match is_ses {
            true => own.min(self.per_second * ISSUES_SHARE),
            false => own,
        }
    }
}

/// What one process hands over within a second.
#[derive(Debug, Default)]
pub(crate) struct Departures {
    recent: Mutex<VecDeque<(Instant, usize)>>,
}

impl Departures {
    /// Sees so many mails of issues leave a process that is the only one, and so
    /// has to keep to the rate exactly.
    pub(crate) fn judge(&self, world: &World, account: &Account, is_ses: bool, mails: usize) {
        let now = Instant::now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|(at, _)| now.duration_since(*at) < SECOND);
        let before: usize = recent.iter().map(|(_, mails)| mails).sum();
        let most = account.most(is_ses);
        if before > 0 && (before + mails) as f64 > most {
            let broken = format!("{} mails leave in a second, not {most}", before + mails);
            world.watch.broken(broken);
        }
        recent.push_back((now, mails));
    }
}
