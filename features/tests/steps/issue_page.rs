//! The page of an issue, and its buttons.

use cucumber::{then, when};

use super::publishing::NEWSLETTERS;
use crate::world::{ADMIN, Actor, Answer, Pennypost, form_fields, issue_links, unescaped, until};

/// The page of the issue that was published last.
async fn path(world: &mut Pennypost, actor: &str) -> String {
    let title = world.latest_title();
    let list = world.browser(actor).get(NEWSLETTERS).await;
    let links = issue_links(&list.body, &title);
    let link = links.into_iter().next();
    link.unwrap_or_else(|| panic!("{title} is not listed"))
}

/// Posts the form that leads to `target` from the page at `path`, as soon as
/// that page has one.
async fn press(
    world: &mut Pennypost,
    actor: &str,
    path: &str,
    target: &str,
    fields: &[(&str, &str)],
) {
    let browser = world.browser(actor);
    until(&format!("a form that posts to {target}"), || async {
        form_fields(&browser.get(path).await, target)
    })
    .await;
    let answer = browser.post_form(target, fields).await;
    world.answered(answer);
}

#[when(expr = "{actor} presses {string} on the page of the issue")]
async fn presses(world: &mut Pennypost, actor: Actor, button: String) {
    let page = path(world, &actor.0).await;
    let action = match button.as_str() {
        "Pause" => "pause",
        "Resume" => "resume",
        "Cancel for good" => "cancel",
        other => panic!("{other} is no button there"),
    };
    press(world, &actor.0, &page, &format!("{page}/{action}"), &[]).await;
    assert_eq!(world.answer().redirect(), page);
}

#[when(expr = "{actor} presses {string} for all who are held")]
async fn presses_for_held(world: &mut Pennypost, actor: Actor, button: String) {
    let page = path(world, &actor.0).await;
    let action = match button.as_str() {
        "Send again" => "resend",
        "Give up" => "drop",
        other => panic!("{other} is no button there"),
    };
    let fields = [("action", action), ("subscriber_id", "all")];
    let (list, target) = (format!("{page}/exceptions"), format!("{page}/held"));
    press(world, &actor.0, &list, &target, &fields).await;
    let list = world.answer().redirect();
    let browser = world.browser(&actor.0);
    world.answered(browser.get(&list).await);
}

/// Opens the page again and again until it says so.
async fn says(world: &mut Pennypost, path: &str, text: &str) -> Answer {
    let browser = world.browser(ADMIN);
    until(&format!("the page to say {text}"), || async {
        let answer = browser.get(path).await;
        unescaped(&answer.body).contains(text).then_some(answer)
    })
    .await
}

#[then(expr = "the page of the issue says {string}")]
async fn page_says(world: &mut Pennypost, text: String) {
    let page = path(world, ADMIN).await;
    let answer = says(world, &page, &text).await;
    world.answered(answer);
}

#[when(expr = "the page of the issue shows the state {string}")]
#[then(expr = "the page of the issue shows the state {string}")]
async fn shows_state(world: &mut Pennypost, state: String) {
    page_says(world, format!("data-live=\"status\">{state}</span>")).await;
}

#[then(expr = "the page of the issue counts {int} {string}")]
async fn page_counts(world: &mut Pennypost, count: u64, outcome: String) {
    page_says(world, format!("data-live=\"{outcome}\">{count}</dd>")).await;
}

#[then(expr = "the exceptions on the page of the issue show the address of {actor}")]
async fn exceptions_show(world: &mut Pennypost, person: Actor) {
    let address = world.address(&person.0);
    let page = format!("{}/exceptions?outcome=held", path(world, ADMIN).await);
    let answer = says(world, &page, &address).await;
    world.answered(answer);
}
