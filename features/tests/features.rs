//! Runs the feature files below `scenarios/` over HTTP.
//!
//! Against a system of its own per scenario, in this process and in memory;
//! or, where `PENNYPOST_TEST_URL` is set, against the running system there
//! (see [`world::target`]). A word on the command line runs only the scenarios
//! with that word in their title or among their tags.

mod steps;
mod world;

use std::process::ExitCode;

use cucumber::{
    World as _, WriterExt as _,
    gherkin::{Feature, Scenario},
    writer::{self, Stats as _},
};
use futures::FutureExt as _;
use world::{Pennypost, run_as_the_program_if_asked, target::Target};

/// Where the feature files are.
const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");

/// Scenarios that run at once: enough to keep few cores busy while some wait.
const SCENARIOS_AT_ONCE: usize = 8;

/// For what takes minutes: it runs only if it is asked for by this tag.
const AT_SCALE: &str = "at-scale";

fn main() -> ExitCode {
    if let Some(ended) = run_as_the_program_if_asked() {
        return ended;
    }
    let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
    runtime.block_on(run_scenarios())
}

async fn run_scenarios() -> ExitCode {
    let target = Target::from_environment();
    say(&target.announcement());
    // The standard harness's flags (`--nocapture`, …) mean nothing here.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();

    let writer = Pennypost::cucumber()
        .max_concurrent_scenarios(SCENARIOS_AT_ONCE)
        .with_writer(
            writer::Basic::stdout()
                .repeat_failed()
                .summarized()
                .fail_on_skipped_with(|_, _, _| true),
        )
        .after(|_, _, _, _, world| {
            async move {
                if let Some(world) = world {
                    world.stop().await;
                }
            }
            .boxed_local()
        })
        .with_default_cli()
        .filter_run(SCENARIOS, move |feature, _, scenario| {
            target.runs(&all_tags(feature, scenario)) && is_asked_for(&words, feature, scenario)
        })
        .await;

    let scenarios = *writer.scenarios_stats();
    let faults = writer.parsing_errors() + writer.hook_errors() + scenarios.skipped;
    let failed = scenarios.failed + faults;
    say(&format!("{} passed, {failed} failed", scenarios.passed));
    if failed > 0 || writer.execution_has_failed() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// The tags of `scenario` and of the `feature` it stands in.
fn all_tags<'a>(feature: &'a Feature, scenario: &'a Scenario) -> Vec<&'a str> {
    feature
        .tags
        .iter()
        .chain(&scenario.tags)
        .map(String::as_str)
        .collect()
}

/// Whether there are no `words`, or one stands in the scenario's title or in a tag.
fn is_asked_for(words: &[String], feature: &Feature, scenario: &Scenario) -> bool {
    let tags = all_tags(feature, scenario);
    if tags.contains(&AT_SCALE) {
        let mut words = words.iter().map(|word| word.trim_start_matches('@'));
        return words.any(|word| word == AT_SCALE);
    }
    words.is_empty()
        || words.iter().any(|word| {
            scenario.name.contains(word)
                || tags
                    .iter()
                    .any(|tag| tag.contains(word.trim_start_matches('@')))
        })
}

#[expect(
    clippy::print_stdout,
    reason = "this is a program whose report is its output"
)]
fn say(line: &str) {
    println!("{line}");
}
