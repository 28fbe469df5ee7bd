//! Killed again and again while it sends to thousands: nobody is mailed twice,
//! and who is missing is reported as held.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    api::{Api, PAUSE},
    importing::{list_of, projected},
    program::{PASSWORD, Program, command},
    random_kills::Moments,
    sink::Sink,
};

const READERS: usize = 5_000;
const KILLS: usize = 20;
/// How many mails come between a start and a kill: so few that it is still
/// sending at the last one.
const LEAST: u64 = 20;
const MOST: u64 = 200;
/// A kill comes so many milliseconds after these, at the most: before, within or
/// after a mail call.
const LONGEST_AFTER: u64 = 15;
/// How long the mail server takes for a mail, so that mails are in flight.
const SLOWNESS: Duration = Duration::from_millis(4);
/// The longest wait for anything, on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// A program that comes back after each kill, and what it mails to.
struct World<'a> {
    directory: &'a Path,
    sink: Sink,
}

impl World<'_> {
    async fn start(&self) -> Program {
        let log = File::options()
            .append(true)
            .create(true)
            .open(self.log())
            .expect("a log");
        let mut command = command(&self.directory.join("data"));
        command
            .env("PENNYPOST_ADMIN_PASSWORD", PASSWORD)
            .args(["--smtp-url", &self.sink.url])
            .stderr(log);
        let started = tokio::task::spawn_blocking(move || Program::start_as(&mut command));
        started.await.expect("it starts")
    }

    fn log(&self) -> std::path::PathBuf {
        self.directory.join("log")
    }

    /// Imports the readers, and waits until delivery has all of them.
    async fn import(&self, program: &Program, api: &Api) {
        let import = api.import(program, list_of(READERS)).await;
        let finished = |import: &Value| import["status"] == "finished";
        let path = format!("/v1/imports/{import}");
        api.until(program, &path, LIMIT, finished).await;
        let deadline = Instant::now() + LIMIT;
        while projected(&self.log()) < READERS as u64 {
            assert!(Instant::now() < deadline, "delivery lacks recipients");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// How often a mail came to whom, by the ids that the `Message-ID`s end in.
    fn mailed(&self) -> BTreeMap<String, usize> {
        let mut mailed = BTreeMap::new();
        for mail in self.sink.with("Message-ID:") {
            // The header is long enough to be folded before its value.
            let (_, rest) = mail.split_once("Message-ID:").expect("the header");
            let (id, _) = rest.split_once('@').expect("the id's domain");
            let (_, subscriber) = id.split_once('.').expect("issue and subscriber");
            *mailed.entry(subscriber.to_owned()).or_default() += 1;
        }
        mailed
    }
}

/// Waits until the issue is delivered. Several takeovers in a row pause it, which
/// is as it should be: an admin would look at it, and resume.
async fn delivered(api: &Api, program: &Program, issue: &str) -> Value {
    let path = format!("/v1/issues/{issue}");
    let deadline = Instant::now() + LIMIT;
    loop {
        let seen = api.get(program, &path).await;
        match seen["status"].as_str() {
            Some("delivered") => return seen["counts"].clone(),
            Some("paused") => api.resume(program, issue).await,
            _ => {}
        }
        assert!(Instant::now() < deadline, "it is not delivered: {seen}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Who is held; waits until they are as many as counted.
async fn held(api: &Api, program: &Program, issue: &str, count: usize) -> BTreeSet<String> {
    let path = format!("/v1/issues/{issue}/exceptions?outcome=held&limit=100");
    let deadline = Instant::now() + LIMIT;
    loop {
        let entries = api.list(program, &path).await;
        let ids = entries.iter().map(|one| one["subscriber_id"].as_str());
        let ids: BTreeSet<_> = ids.map(|id| id.expect("an id").to_owned()).collect();
        if ids.len() == count {
            return ids;
        }
        assert!(Instant::now() < deadline, "{} of {count} held", ids.len());
        tokio::time::sleep(PAUSE).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "a failed test shows it")]
async fn killed_twenty_times_while_it_sends_it_mails_nobody_twice_and_owns_up_to_who_is_missing() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut moments = Moments::new();
    let world = World {
        directory: directory.path(),
        sink: Sink::start().await,
    };
    let began = Instant::now();
    let mut program = world.start().await;
    let api = Api::new(&program).await;
    world.import(&program, &api).await;
    println!("imported after {:.1?}", began.elapsed());

    world.sink.answers_after(SLOWNESS);
    let issue = api.publish(&program, "To all of you").await;
    for _ in 0..KILLS {
        let mails = LEAST + moments.below(MOST - LEAST);
        let target = world.sink.count() + usize::try_from(mails).expect("a small number");
        world.sink.has_got(target).await;
        tokio::time::sleep(Duration::from_millis(moments.below(LONGEST_AFTER))).await;
        assert!(world.sink.count() < READERS, "it had nothing left to send");
        program.kill();
        program = world.start().await;
    }
    println!("killed the last time after {:.1?}", began.elapsed());
    world.sink.answers_after(Duration::ZERO);
    let counts = delivered(&api, &program, &issue).await;
    println!("delivered after {:.1?}: {counts}", began.elapsed());

    let count = |name: &str| usize::try_from(counts[name].as_u64().expect("a count"));
    let count = |name: &str| count(name).expect("a small number");
    assert_eq!(count("recipients"), READERS);
    assert_eq!(count("accepted") + count("held"), READERS, "{counts}");
    let held = held(&api, &program, &issue, count("held")).await;
    let mailed = world.mailed();
    let twice: Vec<_> = mailed.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "mailed twice: {twice:?}");
    // A mail is held if nobody knows whether it left: it may have arrived.
    let arrived = mailed.keys().filter(|id| !held.contains(*id)).count();
    assert_eq!(arrived, count("accepted"), "accepted and not held");
    assert!(held.len() <= KILLS * 16, "{} held", held.len());
}
