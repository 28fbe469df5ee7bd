//! Killed at moments that nobody chose, while many readers are at it.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use ambient::{Randomness, SystemRandomness};
use futures::{StreamExt, stream};
use reqwest::{Client, StatusCode, redirect::Policy};

use crate::{
    killed::all_is_quiet,
    program::{PASSWORD, Program, command},
    reader::{eventually, link},
    sink::{Sink, unfolded},
};

const READERS: usize = 60;
/// How many of them are at it at a time.
const AT_A_TIME: usize = 8;
const ISSUE: &str = "To all of you";
/// Kills while the readers subscribe and confirm, and the longest time, in
/// milliseconds, from ready to killed.
const READERS_KILLS: (usize, u64) = (6, 500);
/// The same while the issue is published and sent. Sending begins a second
/// after it is published, and after each start.
const ISSUE_KILLS: (usize, u64) = (6, 1_600);

/// Names the variable that repeats a test's moments.
const SEED: &str = "RANDOM_KILLS_SEED";

/// Random numbers that a seed repeats: SplitMix64.
/// Source: <https://prng.di.unimi.it/splitmix64.c>
pub(crate) struct Moments(u64);

impl Moments {
    /// By the seed in the variable [`SEED`], or by one of their own.
    #[expect(clippy::print_stdout, reason = "a failed test shows it")]
    pub(crate) fn new() -> Self {
        let given = env::var(SEED).ok();
        let seed = given.map_or_else(random, |seed| seed.parse().expect("a number"));
        println!("{SEED}={seed}");
        Self(seed)
    }

    /// A time below `most` milliseconds.
    fn next(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.below(most))
    }

    /// A number below `most`.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

/// The readers' and the admin's world: a program that goes and comes back
/// elsewhere, and a mail server that stays.
struct World {
    sink: Sink,
    client: Client,
    url: Arc<Mutex<String>>,
}

impl World {
    async fn new() -> Self {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(Policy::none())
            .timeout(Duration::from_secs(5))
            .build();
        Self {
            sink: Sink::start().await,
            client: client.expect("a client"),
            url: Arc::default(),
        }
    }

    async fn start(&self, data_dir: &Path) -> Program {
        let (data_dir, smtp_url) = (PathBuf::from(data_dir), self.sink.url.clone());
        let started = tokio::task::spawn_blocking(move || {
            Program::start_as(
                command(&data_dir)
                    .env("PENNYPOST_ADMIN_PASSWORD", PASSWORD)
                    .env("RUST_LOG", "off")
                    .args(["--smtp-url", &smtp_url]),
            )
        });
        let program = started.await.expect("it starts");
        program
            .url
            .clone_into(&mut self.url.lock().expect("the lock"));
        program
    }

    /// Kills the program so often and starts it again, at such moments.
    async fn kill(
        &self,
        mut program: Program,
        data_dir: &Path,
        (kills, longest): (usize, u64),
        moments: &mut Moments,
    ) -> Program {
        for _ in 0..kills {
            tokio::time::sleep(moments.next(longest)).await;
            program.kill();
            program = self.start(data_dir).await;
        }
        program
    }

    /// Asks until the program is there to answer.
    async fn answer(&self, path: &str, form: Option<&[(&str, &str)]>) -> (StatusCode, String) {
        eventually(|| async {
            let url = format!("{}{path}", self.url.lock().expect("the lock"));
            let request = match form {
                Some(form) => self.client.post(url).form(form),
                None => self.client.get(url),
            };
            let answer = request.send().await.ok()?;
            let status = answer.status();
            let text = answer.text().await.ok()?;
            (!status.is_server_error()).then_some((status, text))
        })
        .await
    }

    /// One reader's way from the form to the confirmation.
    async fn subscribe_and_confirm(&self, number: usize) {
        let address = address(number);
        let form = [("name", "Ann Reader"), ("email", address.as_str())];
        let (status, _) = self.answer("/subscriptions", Some(&form)).await;
        assert_eq!(status, StatusCode::OK);
        let welcome = eventually(|| async {
            let mails = self.sink.with(&format!("To: {address}\n"));
            mails.into_iter().find(|mail| mail.contains("Welcome!"))
        })
        .await;
        let welcome = unfolded(&welcome);
        let confirmation = link(&welcome, "/subscriptions/confirm?");
        let (_, path) = confirmation
            .split_once("/subscriptions/")
            .expect("a link of ours");
        let (status, _) = self.answer(&format!("/subscriptions/{path}"), None).await;
        assert_eq!(status, StatusCode::OK);
    }

    async fn log_in_and_publish(&self) {
        let form = [("username", "admin"), ("password", PASSWORD)];
        let (status, _) = self.answer("/login", Some(&form)).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let form = [
            ("title", ISSUE),
            ("text_content", "Hello in text"),
            ("html_content", "<p>Hello in HTML</p>"),
            ("idempotency_key", "once"),
        ];
        let (status, _) = self.answer("/admin/newsletters", Some(&form)).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }

    /// How many mails are accepted and how many are held, as the issue's page
    /// has it once it counts everybody.
    async fn accepted_and_held(&self) -> (usize, usize) {
        let (_, issues) = self.answer("/admin/newsletters", None).await;
        let (_, rest) = issues
            .split_once("href=\"/admin/newsletters/")
            .expect("an issue");
        let (id, _) = rest.split_once('"').expect("its id");
        let path = format!("/admin/newsletters/{id}");
        eventually(|| async {
            let (_, page) = self.answer(&path, None).await;
            let (accepted, held) = (count(&page, "Accepted")?, count(&page, "Held")?);
            (accepted + held == READERS && count(&page, "Recipients")? == READERS)
                .then_some((accepted, held))
        })
        .await
    }

    /// To whom the issue went, and how often.
    fn issues(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for mail in self.sink.with(&format!("Subject: {ISSUE}\n")) {
            let to = mail.lines().find_map(|line| line.strip_prefix("To: "));
            let to = to.expect("a recipient").to_owned();
            *counts.entry(to).or_default() += 1;
        }
        counts
    }
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    SystemRandomness.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

fn address(number: usize) -> String {
    format!("reader-{number:02}@example.com")
}

fn count(page: &str, name: &str) -> Option<usize> {
    let (_, rest) = page.split_once(&format!("<dt>{name}</dt><dd"))?;
    let (_, rest) = rest.split_once('>')?;
    rest.split_once('<')?.0.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_at_random_moments_lose_nobody_and_repeat_no_issue() {
    let directory = tempfile::tempdir().expect("a directory");
    let data_dir = directory.path();
    let mut moments = Moments::new();
    let world = World::new().await;
    let program = world.start(data_dir).await;

    let readers = stream::iter(0..READERS)
        .for_each_concurrent(AT_A_TIME, |number| world.subscribe_and_confirm(number));
    let killing = world.kill(program, data_dir, READERS_KILLS, &mut moments);
    let ((), program) = tokio::join!(readers, killing);

    let publishing = world.log_in_and_publish();
    let killing = world.kill(program, data_dir, ISSUE_KILLS, &mut moments);
    let ((), program) = tokio::join!(publishing, killing);

    let (accepted, held) = world.accepted_and_held().await;
    all_is_quiet(&program).await;
    let issues = world.issues();
    assert!(issues.values().all(|times| *times == 1), "{issues:?}");
    let missing = READERS - issues.len();
    // A mail is held if nobody knows whether it left: it may have arrived.
    assert!(
        accepted <= issues.len() && missing <= held,
        "{accepted} accepted, {held} held, {missing} missing"
    );
}
