//! Delivery has lost its data, or has that of an older copy, and is told of
//! everybody again.

use std::{fs, path::Path, time::Duration};

use crate::{
    api::Api,
    killed::all_is_quiet,
    pair::{Pair, is_delivered},
    program::Program,
    progress::count,
    reader::{Reader, eventually, link},
};

const FIRST: &str = "The first issue";
const SECOND: &str = "The second issue";

/// Stay, all the time.
const IN: [&str; 2] = ["ann@example.com", "bob@example.com"];
/// Unsubscribes.
const OUT: &str = "out@example.com";
/// Unsubscribes, and then asks again.
const AGAIN: &str = "again@example.com";
/// Is erased.
const ERASED: &str = "erased@example.com";
/// Comes last: what was published before them has gone the whole way.
const LAST: &str = "last@example.com";

const LIMIT: Duration = Duration::from_secs(30);

/// All of them get the first issue.
async fn first_issue(program: &Program) {
    let reader = Reader::new();
    let api = Api::new(program).await;
    let everybody = [IN[0], IN[1], OUT, AGAIN, ERASED];
    let rows = everybody.map(|email| format!("{email},Reader\n"));
    let list = format!("email,name\n{}", rows.concat());
    let import = format!("/v1/imports/{}", api.import(program, list).await);
    let ended = |import: &serde_json::Value| import["status"] == "finished";
    api.until(program, &import, LIMIT, ended).await;
    reader.log_in(program).await;
    reader.publish(program, FIRST).await;
    is_delivered(program, &reader).await;
    for email in everybody {
        assert_eq!(reader.mails(program, email, FIRST).await.len(), 1);
    }
}

/// Three of them go.
async fn leave(program: &Program) {
    // Delivery may have been killed and started since: another connection.
    let reader = Reader::new();
    for email in [OUT, AGAIN] {
        let issue = reader.mail(program, email, FIRST).await;
        let unsubscribe = link(&issue, "/subscriptions/unsubscribe?");
        reader.unsubscribe(program, unsubscribe).await;
    }
    reader.subscribe(program, AGAIN).await;
    reader.mail(program, AGAIN, "Welcome!").await;
    Api::new(program).await.erase(program, ERASED).await;
    all_is_quiet(program).await;
}

/// Only those who stayed get the second issue, once; and nobody gets the first
/// one again, of which each of them has `firsts` in the mailbox.
async fn second_issue(program: &Program, firsts: usize) {
    let reader = Reader::new();
    reader.subscribe(program, LAST).await;
    reader.mail(program, LAST, "Welcome!").await;
    all_is_quiet(program).await;

    reader.log_in(program).await;
    reader.publish(program, SECOND).await;
    let page = eventually(|| async {
        let page = reader.issue_page(program).await;
        let delivered = page.contains("class=\"statedelivered\"");
        delivered.then_some(page)
    })
    .await;
    assert_eq!(count(&page, "Recipients"), Some(2), "{page}");
    for email in IN {
        assert_eq!(reader.mails(program, email, SECOND).await.len(), 1);
    }
    for email in [OUT, AGAIN, ERASED, LAST] {
        let mails = reader.mails(program, email, SECOND).await;
        assert!(mails.is_empty(), "{email}: {mails:?}");
    }
    for email in [IN[0], IN[1], OUT, AGAIN, ERASED] {
        let mails = reader.mails(program, email, FIRST).await;
        assert_eq!(mails.len(), firsts, "{email}: {mails:?}");
    }
}

#[tokio::test]
async fn a_delivery_that_lost_everything_mails_those_who_are_confirmed_and_no_issue_again() {
    let pair = Pair::new();
    let (delivery, subscriptions) = (pair.delivery(), pair.subscriptions());
    first_issue(&subscriptions).await;
    leave(&subscriptions).await;
    delivery.kill();
    subscriptions.kill();
    fs::remove_dir_all(data_of_delivery(&pair)).expect("its data");

    let _delivery = pair.delivery();
    let subscriptions = pair.subscriptions_with(&["--rebuild"]);
    second_issue(&subscriptions, 0).await;
}

#[tokio::test]
async fn a_delivery_with_an_older_copy_learns_who_has_left_and_mails_no_issue_again() {
    let pair = Pair::new();
    let (delivery, subscriptions) = (pair.delivery(), pair.subscriptions());
    first_issue(&subscriptions).await;
    delivery.kill();
    let (data, copied) = (data_of_delivery(&pair), pair.directory.path().join("copy"));
    copy(&data, &copied);
    let delivery = pair.delivery();
    leave(&subscriptions).await;
    delivery.kill();
    subscriptions.kill();
    fs::remove_dir_all(&data).expect("its data");
    copy(&copied, &data);

    let _delivery = pair.delivery();
    let subscriptions = pair.subscriptions_with(&["--rebuild"]);
    second_issue(&subscriptions, 1).await;
}

#[tokio::test]
async fn told_again_what_it_knows_a_system_mails_nobody() {
    let directory = tempfile::tempdir().expect("a directory");
    let command = || crate::program::command(directory.path());
    let program = Program::start(directory.path());
    first_issue(&program).await;
    leave(&program).await;
    program.kill();

    let mut command = command();
    let program = Program::start_as(command.arg("--rebuild"));
    second_issue(&program, 1).await;
}

fn data_of_delivery(pair: &Pair) -> std::path::PathBuf {
    pair.directory.path().join("delivery")
}

/// Copies the files of a directory that has no directories.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a list") {
        let file = entry.expect("a file").path();
        let name = file.file_name().expect("a name");
        fs::copy(&file, to.join(name)).expect("a copy");
    }
}
