//! One run, from a seed to a verdict.

use std::sync::Arc;

use engine::Engine;
use tokio::{
    task::JoinSet,
    time::{Duration, Instant},
};

use crate::{
    api::Api,
    chance::SeededRandomness,
    cluster::Cluster,
    judge::judge,
    people::{Issues, bring_to_ends, decide, import, publish, reader},
    planted::Planted,
    setup::template,
    world::World,
};

/// How long a run may take after the last fault: whoever is put off for the
/// longest time is through by then.
const PATIENCE: Duration = Duration::from_secs(6 * 60 * 60);
/// No message and no write that is late is on its way for longer.
const LATEST: Duration = Duration::from_secs(120);
/// The wait before the second look at whether all is quiet; it grows.
const FIRST_INTERVAL: Duration = Duration::from_secs(20);
const LONGEST_INTERVAL: Duration = Duration::from_secs(10 * 60);
/// Mixed into the seed, so that ids and faults differ.
const OTHER: u64 = 0x5eed;

/// What to run.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Everything follows from it.
    pub seed: u64,
    /// A mistake that is planted.
    pub planted: Option<Planted>,
    /// Whether to keep what happened as text.
    pub story: bool,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The hash of all that happened: the same for the same settings.
    pub hash: String,
    /// Which promise was broken; none: all were kept.
    pub broken: Option<String>,
    /// What happened, if it was asked for.
    pub story: Vec<String>,
}

/// Runs the services by a seed.
///
/// # Panics
/// If the simulator itself cannot go on.
pub fn run(settings: Settings) -> Outcome {
    let _made_before_time_stands_still = template();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(live(settings))
}

async fn live(settings: Settings) -> Outcome {
    let world = Arc::new(World::new(settings.seed, settings.planted));
    if settings.story {
        world.watch.tell_the_story();
    }
    let engine = Engine::in_memory().expect("SQLite begins");
    template().fill(&engine.client()).await;
    let randomness = Arc::new(SeededRandomness::new(settings.seed ^ OTHER));
    let cluster = Cluster::new(&world, engine, randomness);
    cluster.run();
    let api = Api {
        cluster: Arc::clone(&cluster),
    };
    if let Err(broken) = to_the_end(&api).await {
        world.watch.broken(broken);
    }
    cluster.close();
    let broken = world.watch.known().broken.clone();
    Outcome {
        hash: world.watch.hash(),
        broken,
        story: world.watch.story(),
    }
}

async fn to_the_end(api: &Api) -> Result<(), String> {
    let world = &api.cluster.world;
    let issues = Issues::default();
    let mut people = JoinSet::new();
    for number in 0..world.chance.below(8) {
        people.spawn(reader(api.clone(), number));
    }
    for number in 0..world.chance.below(3) {
        people.spawn(import(api.clone(), number));
    }
    for number in 0..world.chance.between(1, 2) {
        people.spawn(publish(api.clone(), number, Issues::clone(&issues)));
    }
    let trouble = Duration::from_secs(world.chance.between(120, 900));
    tokio::time::sleep(trouble).await;
    world.calm_down();
    while people.join_next().await.is_some() {}
    until_quiet(api, &issues).await?;
    if world.chance.one_in(2) {
        let all = issues
            .lock()
            .map(|issues| issues.clone())
            .unwrap_or_default();
        for issue in all {
            decide(api, issue).await;
        }
        until_quiet(api, &issues).await?;
    }
    judge(api, &issues).await
}

/// Waits until everything has come to its end.
async fn until_quiet(api: &Api, issues: &Issues) -> Result<(), String> {
    let deadline = Instant::now() + PATIENCE;
    tokio::time::sleep(LATEST).await;
    let mut quiet = 0;
    let mut interval = FIRST_INTERVAL;
    while quiet < 2 {
        if let Some(broken) = api.cluster.world.watch.known().broken.clone() {
            return Err(broken);
        }
        if Instant::now() > deadline {
            return Err(format!(
                "it never comes to its end: {}",
                api.cluster.unrest()
            ));
        }
        let ended = bring_to_ends(api, issues).await;
        tokio::time::sleep(interval).await;
        quiet = if ended && api.cluster.rests() {
            quiet + 1
        } else {
            0
        };
        if quiet == 0 {
            interval = (interval * 5 / 4).min(LONGEST_INTERVAL);
        }
    }
    Ok(())
}
