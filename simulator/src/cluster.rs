//! All processes of a run, over one store.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use ambient::{Clock, SharedRandomness};
use delivery::workflow::IssueRun;
use engine::Engine;
use jiff::Timestamp;
use tokio::{
    task::JoinSet,
    time::{Duration, Instant},
};

use crate::{
    bus::Queues,
    life::Life,
    mail::MailSide,
    planted::Planted,
    process::Process,
    queue::Queue,
    time::MachineClock,
    workflow::{Execution, Executions},
    world::World,
};

/// How many processes there are where there are several.
const SEVERAL: usize = 3;
/// For how long a process that stops is waited for: the longest that an answer of
/// the mail side is, and some time to write it down.
const GRACE: Duration = Duration::from_secs(45);

/// See the module.
pub(crate) struct Cluster {
    pub(crate) world: Arc<World>,
    pub(crate) engine: Engine,
    pub(crate) queues: Queues,
    pub(crate) mail: Arc<MailSide>,
    pub(crate) randomness: SharedRandomness,
    /// There is one process, which knows that it is the only one.
    pub(crate) is_sole: bool,
    /// Of the workflow engine that outlives processes.
    executions: Arc<Executions>,
    clock: MachineClock,
    slots: Mutex<Vec<Option<Arc<Process>>>>,
    numbers: AtomicU64,
    supervisors: Mutex<JoinSet<()>>,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster").finish_non_exhaustive()
    }
}

impl Cluster {
    /// A cluster over `engine`; nothing runs yet.
    pub(crate) fn new(
        world: &Arc<World>,
        engine: Engine,
        randomness: SharedRandomness,
    ) -> Arc<Self> {
        let needs_several = [Planted::LeaseIgnored, Planted::WorkerIdUsedAgain];
        let is_sole = world.chance.one_in(3)
            && !world
                .planted
                .is_some_and(|planted| needs_several.contains(&planted));
        let count = if is_sole { 1 } else { SEVERAL };
        Arc::new(Self {
            engine,
            queues: Queues::new(world),
            mail: MailSide::new(world),
            randomness,
            is_sole,
            executions: Arc::default(),
            clock: MachineClock::new(world.began),
            slots: Mutex::new(vec![None; count]),
            numbers: AtomicU64::new(0),
            supervisors: Mutex::default(),
            world: Arc::clone(world),
        })
    }

    /// Starts all processes, and starts the next one where one ends.
    pub(crate) fn run(self: &Arc<Self>) {
        for slot in 0..self.slots().len() {
            let supervising = Arc::clone(self).supervise(slot);
            self.supervisors().spawn(supervising);
        }
    }

    /// Ends everything.
    pub(crate) fn close(&self) {
        self.supervisors().abort_all();
        for process in self.slots().iter_mut().filter_map(Option::take) {
            process.end();
        }
    }

    async fn supervise(self: Arc<Self>, slot: usize) {
        loop {
            let number = self.numbers.fetch_add(1, Ordering::Relaxed);
            let life = Life::new(number, &self.world);
            let process = Process::start(&self, life, slot == 0);
            self.slots()[slot] = Some(Arc::clone(&process));
            tokio::select! {
                biased;
                () = process.life.ended() => {}
                () = process.life.asked_to_stop() => self.stop(&process).await,
            }
            self.slots()[slot] = None;
            process.end();
            let pause = self.world.chance.between(200, 20_000);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    /// Stops a process as a host does: no new work, and time for what is in flight.
    async fn stop(&self, process: &Process) {
        let world = &self.world;
        world
            .watch
            .note(|| format!("process {} stops", process.life.number));
        process.stop();
        if world.has(Planted::StopAtOnce) {
            return;
        }
        let deadline = Instant::now() + GRACE;
        while process.stopping().is_at_work() && !process.life.is_over() {
            if Instant::now() >= deadline {
                if world.excuses() == 0 && world.faults.store == 0 {
                    world
                        .watch
                        .broken("a process does not stop in time".to_owned());
                }
                world.excuse("a process is killed that does not stop");
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A process that lives; waits until there is one.
    pub(crate) async fn somebody(&self) -> Arc<Process> {
        loop {
            let living: Vec<_> = self.slots().iter().flatten().cloned().collect();
            let living: Vec<_> = living
                .into_iter()
                .filter(|one| !one.life.is_over() && !one.stopping().has_begun())
                .collect();
            if !living.is_empty() {
                let at = self.world.chance.below(living.len() as u64) as usize;
                return Arc::clone(&living[at]);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// The world's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Starts `run`, as asked by the process of `life`.
    pub(crate) fn start(self: &Arc<Self>, life: &Life, run: &IssueRun) {
        let home = self.home_of(life);
        let executions = match (&home, self.is_sole) {
            (Some(home), true) => Arc::clone(&home.executions),
            // It is not there any more, and will be asked for again.
            (None, true) => return,
            (_, false) => Arc::clone(&self.executions),
        };
        let execution = Execution {
            cluster: Arc::clone(self),
            home: home.filter(|_| self.is_sole),
            executions,
            run: run.clone(),
        };
        execution.begin();
    }

    /// Whether `run` is under way, as the process of `life` is told.
    pub(crate) fn is_under_way(&self, life: &Life, run: &IssueRun) -> bool {
        match (self.home_of(life), self.is_sole) {
            (home, true) => home.is_some_and(|home| home.executions.is_under_way(run)),
            (_, false) => self.executions.is_under_way(run),
        }
    }

    fn home_of(&self, life: &Life) -> Option<Arc<Process>> {
        let slots = self.slots();
        let mut living = slots.iter().flatten();
        living
            .find(|process| process.life.number == life.number)
            .cloned()
    }

    /// Whether nothing is on its way anywhere.
    pub(crate) fn rests(&self) -> bool {
        let slots = self.slots();
        let running = slots
            .iter()
            .flatten()
            .map(|process| process.executions.under_way());
        let under_way = running.sum::<usize>() + self.executions.under_way();
        under_way == 0
            && slots.iter().all(Option::is_some)
            && self.all_queues().all(Queue::is_empty)
            && self.world.watch.known().waiting.is_empty()
    }

    /// Also the one of what SES tells.
    pub(crate) fn all_queues(&self) -> impl Iterator<Item = &Queue> {
        self.queues.all().chain([&self.mail.feedback.queue])
    }

    /// What is still on its way, for people.
    pub(crate) fn unrest(&self) -> String {
        let slots = self.slots();
        let running = slots
            .iter()
            .flatten()
            .map(|process| process.executions.under_way());
        let executions = running.sum::<usize>() + self.executions.under_way();
        let queues = self.all_queues().filter(|queue| !queue.is_empty());
        let queues: Vec<_> = queues.map(|queue| queue.name).collect();
        let waiting = self.world.watch.known().waiting.len();
        format!("{executions} executions, messages in {queues:?}, {waiting} outbox rows")
    }

    fn slots(&self) -> MutexGuard<'_, Vec<Option<Arc<Process>>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn supervisors(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.supervisors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
