//! Each service in a process of its own.

use std::{net::TcpListener, path::Path, process::Command};

use ambient::{Randomness, SystemRandomness};
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::{
    program::{PASSWORD, Program, command_without_pages},
    reader::{Reader, eventually, link},
};

const EMAIL: &str = "ann@example.com";
const ISSUE: &str = "The first issue";

/// Ports that nobody is given by chance: below those that systems hand out.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 10_000;

/// A port that is free, and stays free while its process is down.
fn free_port() -> u16 {
    loop {
        let mut random = [0; 2];
        SystemRandomness.fill(&mut random);
        let port = FIRST_PORT + u16::from_le_bytes(random) % PORTS;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Where two processes are, and what they know.
pub(crate) struct Pair {
    subscriptions_console: u16,
    delivery_console: u16,
    pub(crate) directory: TempDir,
}

impl Pair {
    pub(crate) fn new() -> Self {
        Self {
            subscriptions_console: free_port(),
            delivery_console: free_port(),
            directory: tempfile::tempdir().expect("a directory"),
        }
    }

    fn command(&self, service: &str) -> Command {
        let (own, peer) = match service {
            "delivery" => (self.delivery_console, self.subscriptions_console),
            _ => (self.subscriptions_console, self.delivery_console),
        };
        let mut command = command_without_pages(&self.directory.path().join(service));
        command
            .arg(format!("--console-addr=127.0.0.1:{own}"))
            .arg(format!("--only={service}"))
            .arg(format!("--peer=http://127.0.0.1:{peer}"));
        command
    }

    pub(crate) fn delivery(&self) -> Program {
        let program = Program::start_as(&mut self.command("delivery"));
        assert_eq!(program.url, "", "delivery has no pages");
        program
    }

    /// Subscriptions, and where its mails arrive.
    pub(crate) fn subscriptions(&self) -> Program {
        self.subscriptions_with(&[])
    }

    /// The same with these flags besides.
    pub(crate) fn subscriptions_with(&self, flags: &[&str]) -> Program {
        let mut program = Program::start_as(self.subscriptions_command().args(flags));
        program.console = format!("http://127.0.0.1:{}", self.delivery_console);
        program
    }

    fn subscriptions_command(&self) -> Command {
        let mut command = self.command("subscriptions");
        command.arg("--addr=127.0.0.1:0");
        command.env("PENNYPOST_ADMIN_PASSWORD", PASSWORD);
        command
    }
}

async fn confirm(program: &Program, reader: &Reader) {
    reader.subscribe(program, EMAIL).await;
    let welcome = reader.mail(program, EMAIL, "Welcome!").await;
    let confirmation = link(&welcome, "/subscriptions/confirm?");
    assert_eq!(reader.open(program, confirmation).await, StatusCode::OK);
}

pub(crate) async fn is_delivered(program: &Program, reader: &Reader) {
    eventually(|| async {
        let delivered = reader.issue_is(program, "delivered").await;
        delivered.then_some(())
    })
    .await;
}

fn files(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("a list");
    entries
        .map(|entry| entry.expect("a file").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[tokio::test]
async fn an_issue_goes_from_one_process_through_the_other_and_back() {
    let pair = Pair::new();
    let logs = ["subscriptions", "delivery"]
        .map(|name| pair.directory.path().join(name).with_extension("log"));
    let file = |log| std::fs::File::create(log).expect("a file");
    let delivery = Program::start_as(
        pair.command("delivery")
            .env("RUST_LOG", "trace")
            .stderr(file(&logs[1])),
    );
    let mut subscriptions = Program::start_as(
        pair.subscriptions_command()
            .env("RUST_LOG", "trace")
            .stderr(file(&logs[0])),
    );
    subscriptions.console.clone_from(&delivery.console);
    let reader = Reader::new();
    confirm(&subscriptions, &reader).await;
    reader.log_in(&subscriptions).await;
    reader.publish(&subscriptions, ISSUE).await;
    reader.mail(&subscriptions, EMAIL, ISSUE).await;
    is_delivered(&subscriptions, &reader).await;

    for log in logs {
        let log = std::fs::read_to_string(log).expect("the log");
        assert!(log.contains("event published"), "the log is on");
        let line = log.lines().find(|line| line.contains(EMAIL));
        assert!(line.is_none(), "an address in {line:?}");
    }
    let keys = |name: &str| files(&pair.directory.path().join(name)).contains(&"keys.json".into());
    assert!(keys("subscriptions") && !keys("delivery"));
}

#[tokio::test]
async fn what_is_published_while_delivery_is_killed_is_mailed_once_it_is_back() {
    let pair = Pair::new();
    let delivery = pair.delivery();
    let subscriptions = pair.subscriptions();
    let reader = Reader::new();
    confirm(&subscriptions, &reader).await;
    reader.log_in(&subscriptions).await;
    delivery.kill();

    reader.publish(&subscriptions, ISSUE).await;
    reader.subscribe(&subscriptions, "bob@example.com").await;

    let _delivery = pair.delivery();
    reader.mail(&subscriptions, EMAIL, ISSUE).await;
    reader
        .mail(&subscriptions, "bob@example.com", "Welcome!")
        .await;
    is_delivered(&subscriptions, &reader).await;
    assert_eq!(reader.mails(&subscriptions, EMAIL, ISSUE).await.len(), 1);
}

#[tokio::test]
async fn what_delivery_reports_while_subscriptions_is_killed_is_known_once_it_is_back() {
    let pair = Pair::new();
    let _delivery = pair.delivery();
    let subscriptions = pair.subscriptions();
    let reader = Reader::new();
    confirm(&subscriptions, &reader).await;
    reader.log_in(&subscriptions).await;
    reader.publish(&subscriptions, ISSUE).await;
    // The event is on its way, or leaves with the next start: both end alike.
    subscriptions.kill();

    let subscriptions = pair.subscriptions();
    reader.mail(&subscriptions, EMAIL, ISSUE).await;
    is_delivered(&subscriptions, &reader).await;
    assert_eq!(reader.mails(&subscriptions, EMAIL, ISSUE).await.len(), 1);
}

#[tokio::test]
async fn a_process_shows_what_it_has_and_the_rest_is_not_there() {
    let pair = Pair::new();
    let subscriptions = Program::start_as(&mut pair.subscriptions_command());
    let client = reqwest::Client::new();
    let get = async |path: &str| {
        let url = format!("{}{path}", subscriptions.console);
        let answer = client.get(url).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    };
    // Followed to the queues.
    let (status, page) = get("/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("subscriptions-inbound") && !page.contains("delivery-inbound"));
    assert!(!page.contains(">Mails<"));
    let (status, _) = get("/api/v1/messages").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
