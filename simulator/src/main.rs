//! Runs many seeds, or one again.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use clap::{Parser, ValueEnum};
use simulator::{Outcome, Planted, Settings, run};

/// A planted mistake must be found within so many seeds.
const SEEDS_FOR_A_MISTAKE: u64 = 1_000;

/// Runs both services in a world where everything goes wrong, by seeds.
#[derive(Debug, Parser)]
struct Arguments {
    /// One seed, run twice and compared: how a failing one is looked at.
    #[arg(long, conflicts_with = "seeds")]
    seed: Option<u64>,
    /// How many seeds to run.
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many run at a time.
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// Plants a mistake, or each in turn, which must be found.
    #[arg(long, value_name = "NAME or all")]
    planted: Option<String>,
    /// Prints all that happens with the one seed.
    #[arg(long, requires = "seed")]
    story: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match (&arguments.planted, arguments.seed) {
        (Some(name), None) => find_planted(&arguments, name),
        (name, Some(seed)) => run_one(&arguments, name.as_deref(), seed),
        (None, None) => run_many(&arguments),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nothing is left to tell it to if this fails, too.
            drop(writeln!(io::stderr(), "{error}"));
            ExitCode::from(2)
        }
    }
}

/// Runs one seed twice, which must be the same.
fn run_one(arguments: &Arguments, planted: Option<&str>, seed: u64) -> io::Result<bool> {
    let planted = planted.map(mistake).transpose()?;
    let settings = Settings {
        seed,
        planted,
        story: arguments.story,
    };
    let (outcome, again) = (run(settings), run(settings));
    let mut out = io::stdout().lock();
    for line in &outcome.story {
        writeln!(out, "{line}")?;
    }
    tell(&mut out, seed, &outcome)?;
    if outcome.hash != again.hash {
        if let Some(at) = outcome
            .story
            .iter()
            .zip(&again.story)
            .position(|(one, other)| one != other)
        {
            writeln!(
                out,
                "{:#?}",
                &again.story[at..(at + 5).min(again.story.len())]
            )?;
        }
        writeln!(
            out,
            "seed {seed}: not the same twice: {} and {}",
            outcome.hash, again.hash
        )?;
        return Ok(false);
    }
    Ok(outcome.broken.is_none())
}

fn tell(out: &mut impl Write, seed: u64, outcome: &Outcome) -> io::Result<()> {
    match &outcome.broken {
        None => writeln!(out, "seed {seed}: {} kept", outcome.hash),
        Some(broken) => writeln!(out, "seed {seed}: {} BROKEN: {broken}", outcome.hash),
    }
}

/// Runs many seeds, none of which may break a promise.
fn run_many(arguments: &Arguments) -> io::Result<bool> {
    let began = Instant::now();
    let broken = search(arguments, None, arguments.seeds, false);
    let seconds = began.elapsed().as_secs_f64();
    let mut out = io::stdout().lock();
    for (seed, outcome) in &broken {
        tell(&mut out, *seed, outcome)?;
        writeln!(
            out,
            "  again: cargo run -p simulator --profile sim -- --seed {seed}"
        )?;
    }
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let per_minute = arguments.seeds as f64 / seconds * 60.0;
    writeln!(
        out,
        "{} seeds in {seconds:.0} s, {per_minute:.0} a minute: {} broken",
        arguments.seeds,
        broken.len()
    )?;
    Ok(broken.is_empty())
}

/// Plants mistakes, each of which must be found.
fn find_planted(arguments: &Arguments, name: &str) -> io::Result<bool> {
    let mistakes = match name {
        "all" => Planted::value_variants().to_vec(),
        name => vec![mistake(name)?],
    };
    let mut all = true;
    for planted in mistakes {
        let began = Instant::now();
        let found = search(arguments, Some(planted), SEEDS_FOR_A_MISTAKE, true);
        let seconds = began.elapsed().as_secs_f64();
        let mut out = io::stdout().lock();
        match found.first() {
            Some((seed, outcome)) => {
                let broken = outcome.broken.as_deref().unwrap_or_default();
                writeln!(
                    out,
                    "{planted:?}: found by seed {seed} in {seconds:.0} s: {broken}"
                )?;
            }
            None => {
                all = false;
                writeln!(out, "{planted:?}: NOT FOUND in {SEEDS_FOR_A_MISTAKE} seeds")?;
            }
        }
    }
    Ok(all)
}

/// The seeds that break a promise, in their order; the first that is found, if
/// one is enough.
fn search(
    arguments: &Arguments,
    planted: Option<Planted>,
    seeds: u64,
    one_is_enough: bool,
) -> Vec<(u64, Outcome)> {
    let next = AtomicU64::new(0);
    let broken = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let is_found = one_is_enough
                        && !broken
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .is_empty();
                    if number >= seeds || is_found {
                        return;
                    }
                    let seed = arguments.from + number;
                    let outcome = run(Settings {
                        seed,
                        planted,
                        story: false,
                    });
                    if outcome.broken.is_some() {
                        broken
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push((seed, outcome));
                    }
                }
            });
        }
    });
    let mut broken = broken.into_inner().unwrap_or_else(PoisonError::into_inner);
    broken.sort_unstable_by_key(|(seed, _)| *seed);
    broken
}

fn mistake(name: &str) -> io::Result<Planted> {
    Planted::from_str(name, true).map_err(io::Error::other)
}
