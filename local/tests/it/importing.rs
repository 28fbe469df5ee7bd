//! Lists are imported by the built program.

use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    api::{Api, PAUSE},
    program::{PASSWORD, Program, command},
};

/// A list of so many readers, with a head.
pub(crate) fn list_of(readers: usize) -> String {
    let rows = (0..readers).map(|number| format!("r{number:05}@lists.example,Reader {number}\n"));
    format!("email,name\n{}", rows.collect::<String>())
}

/// How many recipients delivery has, by its log.
pub(crate) fn projected(log: &Path) -> u64 {
    let log = fs::read_to_string(log).expect("a log");
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let projections = lines.filter(|line| line["message"] == "recipients projected");
    projections
        .filter_map(|line| line["fields"]["recipients"].as_u64())
        .sum()
}

fn start(data_dir: &Path, log: &Path) -> Program {
    let log = File::options().append(true).create(true).open(log);
    Program::start_as(
        command(data_dir)
            .env("PENNYPOST_ADMIN_PASSWORD", PASSWORD)
            .stderr(log.expect("a log")),
    )
}

#[tokio::test]
async fn killed_in_the_middle_an_import_goes_on_and_nobody_is_counted_twice() {
    const READERS: u64 = 2_000;
    let directory = tempfile::tempdir().expect("a directory");
    let (data, log) = (directory.path().join("data"), directory.path().join("log"));
    let mut program = start(&data, &log);
    let api = Api::new(&program).await;
    let import = api.import(&program, list_of(2_000)).await;
    let import = format!("/v1/imports/{import}");
    let limit = Duration::from_secs(60);
    for killed_at in [1, READERS / 3, READERS / 2] {
        let passed = |import: &Value| import["imported"].as_u64() >= Some(killed_at);
        api.until(&program, &import, limit, passed).await;
        program.kill();
        program = start(&data, &log);
    }
    let ended = |import: &Value| import["status"] != "running";
    let import = api.until(&program, &import, limit, ended).await;
    assert_eq!(import["status"], "finished", "{import}");
    assert_eq!(
        (
            &import["rows"],
            &import["imported"],
            &import["already_known"]
        ),
        (&json!(READERS), &json!(READERS), &json!(0))
    );
    let deadline = Instant::now() + limit;
    // Whoever was killed may have projected some of them without saying so.
    while projected(&log) < READERS * 9 / 10 {
        assert!(
            Instant::now() < deadline,
            "delivery has {}",
            projected(&log)
        );
        tokio::time::sleep(PAUSE).await;
    }
}

/// The most memory that the process ever had, in MiB.
/// Source: <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn peak_memory(program: &Program) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", program.id())).expect("a status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    kib.and_then(|kib| kib.parse::<u64>().ok()).expect("a size") / 1024
}

#[tokio::test]
#[ignore = "a benchmark of minutes, for a machine that does nothing else"]
#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
async fn a_hundred_thousand_are_imported_within_two_minutes() {
    const READERS: u64 = 100_000;
    let directory = tempfile::tempdir().expect("a directory");
    let (data, log) = (directory.path().join("data"), directory.path().join("log"));
    let program = start(&data, &log);
    let api = Api::new(&program).await;
    let before = peak_memory(&program);
    let began = Instant::now();
    let import = api.import(&program, list_of(100_000)).await;
    let import = format!("/v1/imports/{import}");
    println!("taken in after {:.1?}", began.elapsed());
    let limit = Duration::from_secs(600);
    for tenth in 1..=10 {
        let there = |import: &Value| import["imported"].as_u64() >= Some(READERS / 10 * tenth);
        api.until(&program, &import, limit, there).await;
        let peak = peak_memory(&program);
        println!(
            "{}0 % after {:.1?}, peak {peak} MiB",
            tenth,
            began.elapsed()
        );
    }
    let ended = |import: &Value| import["status"] != "running";
    let import = api.until(&program, &import, limit, ended).await;
    let finished = began.elapsed();
    assert_eq!(import["imported"], READERS, "{import}");
    println!("finished after {finished:.1?}");
    while projected(&log) < READERS {
        assert!(began.elapsed() < limit, "delivery has {}", projected(&log));
        tokio::time::sleep(PAUSE).await;
    }
    println!("delivery has all after {:.1?}", began.elapsed());
    println!(
        "peak memory {before} MiB before, {} MiB after",
        peak_memory(&program)
    );
    assert!(finished < Duration::from_secs(120), "{finished:.1?}");
}
