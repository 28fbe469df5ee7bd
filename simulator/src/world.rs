//! What all processes of a run share: chance, the time, which faults there are,
//! and who watches.

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::time::{Duration, Instant};

use crate::{chance::Chance, life::Life, planted::Planted, watch::Watch};

/// The most processes that end in a run, so that it comes to its own end.
const MAX_CRASHES: u64 = 8;

/// Which faults a run meets: once in so many times, never for 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Faults {
    /// A process ends at an effect.
    pub(crate) crash: u64,
    /// A process stands still at an effect, for minutes perhaps.
    pub(crate) stall: u64,
    /// The store refuses, or its answer is lost.
    pub(crate) store: u64,
    /// The store does not answer for a while.
    pub(crate) store_outage: u64,
    /// What was written and not answered arrives later.
    pub(crate) late_write: u64,
    /// The mail side does not say what it did.
    pub(crate) unclear: u64,
    /// The mail side does not take a mail.
    pub(crate) unsent: u64,
    /// The mail side takes nothing for a while.
    pub(crate) mail_outage: u64,
    /// The bus does not take an event.
    pub(crate) bus: u64,
    /// A message comes twice.
    pub(crate) twice: u64,
    /// A message comes much later.
    pub(crate) late: u64,
    /// A stream's record is lost.
    pub(crate) stream: u64,
    /// An invocation is given up while it works.
    pub(crate) given_up: u64,
    /// A clock jumps.
    pub(crate) clock: u64,
    /// A process is to stop in order while a mail call is made.
    pub(crate) stop: u64,
}

impl Faults {
    /// Some of them, more or less often. Now and then none after which anybody
    /// may be held: then nobody is.
    fn some(chance: &Chance, needs_peace: bool) -> Self {
        let faults = Self::any(chance);
        match chance.one_in(4) || needs_peace {
            false => faults,
            true => Self {
                crash: 0,
                stall: 0,
                store_outage: 0,
                late_write: 0,
                unclear: 0,
                given_up: 0,
                clock: 0,
                store: if chance.one_in(2) { faults.store } else { 0 },
                ..faults
            },
        }
    }

    fn any(chance: &Chance) -> Self {
        let sometimes = |often: u64, seldom: u64| match chance.below(3) {
            0 => 0,
            1 => seldom,
            _ => often,
        };
        Self {
            crash: sometimes(150, 600),
            stall: sometimes(400, 2_000),
            store: sometimes(15, 80),
            store_outage: sometimes(300, 2_000),
            late_write: sometimes(60, 300),
            unclear: sometimes(6, 40),
            unsent: sometimes(3, 20),
            mail_outage: sometimes(15, 60),
            bus: sometimes(4, 20),
            twice: sometimes(3, 10),
            late: sometimes(4, 12),
            stream: sometimes(3, 10),
            given_up: sometimes(10, 60),
            clock: sometimes(1, 3),
            stop: sometimes(10, 40),
        }
    }
}

/// What all processes of a run share.
pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) began: Instant,
    pub(crate) faults: Faults,
    pub(crate) planted: Option<Planted>,
    pub(crate) watch: Watch,
    /// Nothing goes wrong any more.
    calm: AtomicBool,
    /// Nobody else may act for the moment.
    hushed: AtomicBool,
    crashes: AtomicU64,
    /// What may leave somebody held.
    excuses: AtomicU64,
    outages: Mutex<Outages>,
}

#[derive(Default)]
struct Outages {
    store: Option<Instant>,
    mail: Option<Instant>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

impl World {
    pub(crate) fn new(seed: u64, planted: Option<Planted>) -> Self {
        let chance = Chance::new(seed);
        let needs_peace = planted == Some(Planted::StopAtOnce);
        let faults = Faults::some(&chance, needs_peace);
        Self {
            began: Instant::now(),
            faults,
            planted,
            watch: Watch::default(),
            calm: AtomicBool::new(false),
            hushed: AtomicBool::new(false),
            crashes: AtomicU64::new(0),
            excuses: AtomicU64::new(0),
            outages: Mutex::default(),
            chance,
        }
    }

    pub(crate) fn has(&self, planted: Planted) -> bool {
        self.planted == Some(planted)
    }

    /// From now on nothing goes wrong.
    pub(crate) fn calm_down(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::Relaxed)
    }

    /// Whether a fault that happens once in so many times happens now.
    pub(crate) fn fails(&self, one_in: u64) -> bool {
        !self.is_calm() && !self.is_hushed() && self.chance.one_in(one_in)
    }

    pub(crate) fn is_hushed(&self) -> bool {
        self.hushed.load(Ordering::Relaxed)
    }

    /// Runs `work` to its end on this thread, while nobody else acts: for what
    /// uses threads of its own, whose order no seed decides.
    pub(crate) fn alone<T>(&self, work: impl Future<Output = T>) -> T {
        self.hushed.store(true, Ordering::Relaxed);
        let done = futures::executor::block_on(tokio::task::unconstrained(work));
        self.hushed.store(false, Ordering::Relaxed);
        done
    }

    /// Notes that something happened that may leave somebody held.
    pub(crate) fn excuse(&self, what: &str) {
        self.excuses.fetch_add(1, Ordering::Relaxed);
        self.watch.note(|| format!("fault {what}"));
    }

    pub(crate) fn excuses(&self) -> u64 {
        self.excuses.load(Ordering::Relaxed)
    }

    /// Whether the process ends now.
    pub(crate) fn crashes(&self, life: &Life) -> bool {
        if self.crashes.load(Ordering::Relaxed) >= MAX_CRASHES || !self.fails(self.faults.crash) {
            return false;
        }
        self.crashes.fetch_add(1, Ordering::Relaxed);
        self.excuse(&format!("process {} ends", life.number));
        true
    }

    /// For how long the process stands still from now on, if it does.
    pub(crate) fn stalls(&self, life: &Life) -> Option<Duration> {
        if !self.fails(self.faults.stall) {
            return None;
        }
        self.excuse(&format!("process {} stands still", life.number));
        Some(Duration::from_secs(self.chance.between(1, 400)))
    }

    /// How wrong a clock is from now on, in milliseconds; none: it stays as it
    /// is.
    pub(crate) fn clock_jump(&self) -> Option<i64> {
        if self.faults.clock == 0 || self.is_calm() {
            return None;
        }
        self.excuse("a clock jumps");
        let by = i64::try_from(self.chance.below(300_000)).unwrap_or_default();
        Some(match self.chance.below(3) {
            0 => 0,
            1 => by,
            _ => -by,
        })
    }

    /// Whether the store answers nobody now.
    pub(crate) fn store_is_away(&self) -> bool {
        let begins = self.fails(self.faults.store_outage);
        if begins {
            self.excuse("the store is away");
        }
        self.is_away(begins, 30, |outages| &mut outages.store)
    }

    /// Whether the mail side takes nothing now.
    pub(crate) fn mail_is_away(&self) -> bool {
        let begins = self.fails(self.faults.mail_outage);
        self.is_away(begins, 400, |outages| &mut outages.mail)
    }

    fn is_away(
        &self,
        begins: bool,
        most_seconds: u64,
        of: impl Fn(&mut Outages) -> &mut Option<Instant>,
    ) -> bool {
        if self.is_calm() || self.is_hushed() {
            return false;
        }
        let now = Instant::now();
        let mut outages = self.outages();
        let until = of(&mut outages);
        if begins && until.is_none_or(|until| until <= now) {
            *until = Some(now + Duration::from_secs(self.chance.between(1, most_seconds)));
        }
        until.is_some_and(|until| until > now)
    }

    fn outages(&self) -> MutexGuard<'_, Outages> {
        self.outages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the run is, for notes.
    pub(crate) fn passed(&self) -> u128 {
        self.began.elapsed().as_millis()
    }
}
