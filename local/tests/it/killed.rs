//! Killed at any step and started again, the end is the same.

use std::path::Path;

use reqwest::StatusCode;

use crate::{
    program::Program,
    reader::{Reader, eventually, link},
};

const EMAIL: &str = "ann@example.com";
const ISSUE: &str = "The first issue";

/// What happens between two kills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Subscribe,
    Welcome,
    Confirm,
    LogIn,
    Publish,
    IssueMail,
}

const STEPS: [Step; 6] = [
    Step::Subscribe,
    Step::Welcome,
    Step::Confirm,
    Step::LogIn,
    Step::Publish,
    Step::IssueMail,
];

async fn walk(step: Step, program: &Program, reader: &Reader) {
    match step {
        Step::Subscribe => reader.subscribe(program, EMAIL).await,
        Step::Welcome => {
            reader.mail(program, EMAIL, "Welcome!").await;
        }
        Step::Confirm => {
            let welcome = reader.mail(program, EMAIL, "Welcome!").await;
            let confirmation = link(&welcome, "/subscriptions/confirm?");
            assert_eq!(reader.open(program, confirmation).await, StatusCode::OK);
        }
        Step::LogIn => reader.log_in(program).await,
        Step::Publish => reader.publish(program, ISSUE).await,
        Step::IssueMail => {
            reader.mail(program, EMAIL, ISSUE).await;
        }
    }
}

/// Walks all steps, and kills the program after each for which `kills` says so.
async fn walk_killed(data_dir: &Path, kills: impl Fn(Step) -> bool) {
    let mut program = Program::start(data_dir);
    let reader = Reader::new();
    for step in STEPS {
        walk(step, &program, &reader).await;
        if kills(step) {
            program.kill();
            program = Program::start(data_dir);
        }
    }
    all_is_quiet(&program).await;
    let welcomes = reader.mails(&program, EMAIL, "Welcome!").await.len();
    // Its kill can fall between the mail and the memory of having sent it.
    let most = if kills(Step::Welcome) { 2 } else { 1 };
    assert!((1..=most).contains(&welcomes), "{welcomes} welcomes");
    assert_eq!(reader.mails(&program, EMAIL, ISSUE).await.len(), 1);
}

/// Waits until no queue holds a message, and nothing became a dead letter.
pub(crate) async fn all_is_quiet(program: &Program) {
    let client = reqwest::Client::new();
    eventually(|| async {
        let url = format!("{}/queues", program.console);
        let page = client.get(url).send().await.expect("an answer");
        let page = page.text().await.expect("a page");
        let squeezed: String = page.split_whitespace().collect();
        let empty = squeezed
            .matches("</th><td>0</td><td>0</td><td>0</td>")
            .count();
        let queues = squeezed.matches("<thscope=\"row\">").count();
        (queues > 0 && empty == queues).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_kill_after_any_step_changes_nothing() {
    for last in STEPS {
        let directory = tempfile::tempdir().expect("a directory");
        walk_killed(directory.path(), |step| step == last).await;
    }
}

#[tokio::test]
async fn a_kill_after_every_step_changes_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    walk_killed(directory.path(), |_| true).await;
}
