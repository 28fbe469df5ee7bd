//! Programs that import lists.

use cucumber::{then, when};
use reqwest::Method;

use super::programs::{json_of, request};
use crate::world::{Actor, Answer, Pennypost, until};

const IMPORT: &str = "/v1/subscribers/import";
pub(super) const CSV: &str = "text/csv";

pub(super) async fn import(world: &mut Pennypost, actor: &str, kind: &str, list: String) {
    let request = request(world, actor, Method::POST, IMPORT)
        .header("content-type", kind)
        .body(list);
    world.answered(Answer::to(request).await);
}

#[when(expr = "{actor} imports the rows {string}")]
async fn imports_rows(world: &mut Pennypost, actor: Actor, people: String) {
    let rows = people.split(", ");
    let rows: Vec<_> = rows
        .map(|person| format!("{},{person}\n", world.address(person)))
        .collect();
    let list = format!("email,name\n{}", rows.concat());
    import(world, &actor.0, CSV, list).await;
}

/// In `list`, `{address}` stands for an address that nobody else has, `#` for
/// the end of a line, `[CR]` and `[BOM]` for what spreadsheets add.
#[when(expr = "{actor} imports the list {string}")]
async fn imports_list(world: &mut Pennypost, actor: Actor, list: String) {
    let address = world.address("Ann");
    let list = list
        .replace("[BOM]", "\u{feff}")
        .replace("[CR]", "\r")
        .replace('#', "\n")
        .replace("{address}", &address);
    import(world, &actor.0, CSV, list).await;
}

#[when(expr = "{actor} imports a list of 5 MB")]
async fn imports_too_much(world: &mut Pennypost, actor: Actor) {
    let list = format!("email,name\n{}", "a@b.example,Ann\n".repeat(350_000));
    import(world, &actor.0, CSV, list).await;
}

#[when(expr = "{actor} posts a list as {string}")]
async fn posts_as(world: &mut Pennypost, actor: Actor, kind: String) {
    let list = "email,name\n".to_owned();
    import(world, &actor.0, &kind, list).await;
}

#[when(expr = "the import of {actor} has ended")]
async fn has_ended(world: &mut Pennypost, actor: Actor) {
    let started = world.answer();
    assert_eq!(started.status.as_u16(), 202, "{}", started.body);
    let location = started.header("location").to_owned();
    let browser = world.browser(&actor.0);
    let token = world.programs[&actor.0].token.clone();
    let answer = until("the import to end", || async {
        let request = browser.request(Method::GET, &location).bearer_auth(&token);
        let answer = Answer::to(request).await;
        (json_of(&answer)["status"] != "running").then_some(answer)
    });
    let answer = answer.await;
    world.answered(answer);
}

#[then(expr = "the import is finished with {int} imported, {int} already known and {int} rejected")]
async fn is_finished(world: &mut Pennypost, imported: u64, already_known: u64, rejected: u64) {
    let import = json_of(world.answer());
    let count = |name: &str| import[name].as_u64().expect("a number");
    assert_eq!(import["status"], "finished", "{import}");
    assert_eq!(
        [count("imported"), count("already_known"), count("rejected")],
        [imported, already_known, rejected]
    );
    assert_eq!(count("rows"), imported + already_known + rejected);
}

#[then(expr = "the rejected lines are {string}")]
async fn rejected_lines(world: &mut Pennypost, lines: String) {
    let import = json_of(world.answer());
    let rejections = import["rejections"].as_array().expect("a list").iter();
    let found: Vec<_> = rejections
        .map(|rejection| rejection["line"].to_string())
        .collect();
    assert_eq!(found.join(", "), lines);
}

#[then(expr = "the problem says {string}")]
async fn problem_says(world: &mut Pennypost, words: String) {
    let problem = json_of(world.answer());
    let detail = problem["detail"].as_str().expect("a text");
    assert!(detail.contains(&words), "{detail}");
}
