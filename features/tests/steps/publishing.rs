//! Publishing issues, and following them.

use std::{collections::HashSet, str::FromStr};

use cucumber::{Parameter, given, then, when};
use futures::future::join_all;
use regex::Regex;

use super::logging_in;
use crate::world::{ADMIN, Actor, Answer, Browser, Pennypost, hidden_value, issue_links, until};

/// The name of a field of the form that may be missing.
#[derive(Debug, Parameter)]
#[param(name = "optional-field", regex = "preheader|sender's name")]
struct OptionalField(&'static str);

impl FromStr for OptionalField {
    type Err = String;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        match words {
            "preheader" => Ok(Self("preheader")),
            "sender's name" => Ok(Self("sender_name")),
            _ => Err(format!("{words} is no field")),
        }
    }
}

/// Where issues are published and listed.
pub(super) const NEWSLETTERS: &str = "/admin/newsletters";

/// The text that every scenario's issue has in its text part.
pub(crate) fn text_content(title: &str) -> String {
    format!("The plain text of {title}.\nIt has two lines, and a snowman: ☃.")
}

/// The text that every scenario's issue has in its HTML part.
pub(crate) const HTML_MARK: &str = "<strong>The HTML of it.</strong>";

async fn publish(browser: &Browser, title: &str, key: &str) -> Answer {
    publish_with(browser, title, key, &[]).await
}

/// Publishes with some of the fields that may be missing.
async fn publish_with(
    browser: &Browser,
    title: &str,
    key: &str,
    optional: &[(&str, &str)],
) -> Answer {
    let text = text_content(title);
    let html = format!("<h2>News</h2><p>{HTML_MARK}</p>");
    let required = [
        ("title", title),
        ("text_content", &text),
        ("html_content", &html),
        ("idempotency_key", key),
    ];
    let fields = [&required, optional].concat();
    browser.post_form(NEWSLETTERS, &fields).await
}

/// The key in a freshly opened form.
async fn fresh_key(browser: &Browser) -> String {
    let page = browser.get(NEWSLETTERS).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.body);
    hidden_value(&page.body, "idempotency_key").expect("the form holds a key")
}

#[given(expr = "{actor} has published the issue {string}")]
#[when(expr = "{actor} has published the issue {string}")]
pub(crate) async fn has_published(world: &mut Pennypost, actor: Actor, title: String) {
    logging_in::ensure_logged_in(world, &actor.0).await;
    publishes(world, actor, title.clone()).await;
    assert_eq!(world.answer().redirect(), NEWSLETTERS);
    is_delivered(world, title).await;
}

#[when(expr = "{actor} publishes the issue {string}")]
async fn publishes(world: &mut Pennypost, actor: Actor, title: String) {
    let browser = world.browser(&actor.0);
    let key = fresh_key(&browser).await;
    let title = world.publish_title(&title);
    let answer = publish(&browser, &title, &key).await;
    world.answered(answer);
}

#[given(expr = "{actor} has published the issue {string} with the {optional-field} {string}")]
#[when(expr = "{actor} has published the issue {string} with the {optional-field} {string}")]
async fn has_published_with(
    world: &mut Pennypost,
    actor: Actor,
    title: String,
    field: OptionalField,
    value: String,
) {
    logging_in::ensure_logged_in(world, &actor.0).await;
    publishes_with(world, actor, title.clone(), field, value).await;
    assert_eq!(world.answer().redirect(), NEWSLETTERS);
    is_delivered(world, title).await;
}

#[when(expr = "{actor} publishes the issue {string} with the {optional-field} {string}")]
async fn publishes_with(
    world: &mut Pennypost,
    actor: Actor,
    title: String,
    field: OptionalField,
    value: String,
) {
    let browser = world.browser(&actor.0);
    let key = fresh_key(&browser).await;
    let title = world.publish_title(&title);
    let optional = [(field.0, value.as_str())];
    let answer = publish_with(&browser, &title, &key, &optional).await;
    world.answered(answer);
}

#[when(expr = "{actor} publishes the issue {string} with a {optional-field} of {int} characters")]
async fn publishes_with_length(
    world: &mut Pennypost,
    actor: Actor,
    title: String,
    field: OptionalField,
    length: usize,
) {
    publishes_with(world, actor, title, field, "x".repeat(length)).await;
}

#[when(expr = "{actor} publishes the issue {string} with the key {string}")]
async fn publishes_with_key(world: &mut Pennypost, actor: Actor, title: String, key: String) {
    let key = format!("{key}-{}", world.scenario);
    let title = world.publish_title(&title);
    let answer = publish(&world.browser(&actor.0), &title, &key).await;
    world.answered(answer);
}

#[when(
    expr = "{actor} publishes the issue {string} {int} times at the same moment with the key {string}"
)]
async fn publishes_at_once(
    world: &mut Pennypost,
    actor: Actor,
    title: String,
    times: usize,
    key: String,
) {
    let key = format!("{key}-{}", world.scenario);
    let title = world.publish_title(&title);
    let browser = world.browser(&actor.0);
    let posts = (0..times).map(|_| publish(&browser, &title, &key));
    let answers = join_all(posts).await;
    world.answered_all(answers);
}

#[when(expr = "{actor} publishes the issue {string} with a key of {int} characters")]
async fn publishes_with_key_of(world: &mut Pennypost, actor: Actor, title: String, length: usize) {
    let key = format!("{:k<length$}", world.scenario);
    let title = world.publish_title(&title);
    let answer = publish(&world.browser(&actor.0), &title, &key).await;
    world.answered(answer);
}

#[then("the key in the form is a fresh one each time")]
async fn key_is_fresh(world: &mut Pennypost) {
    let browser = world.browser(ADMIN);
    let mut keys = HashSet::new();
    for _ in 0..3 {
        let key = fresh_key(&browser).await;
        assert!((1..50).contains(&key.len()), "{key}");
        assert!(keys.insert(key), "a key came twice");
    }
}

#[then(expr = "the issue {string} is listed {int} time(s)")]
async fn is_listed(world: &mut Pennypost, title: String, times: usize) {
    assert_eq!(pages_of(world, &title).await.len(), times);
}

#[then(expr = "the issue {string} is delivered")]
async fn is_delivered(world: &mut Pennypost, title: String) {
    delivered_pages(world, &title).await;
}

#[then(expr = "the issue {string} is delivered to {int} people")]
async fn is_delivered_to(world: &mut Pennypost, title: String, people: usize) {
    let pages = delivered_pages(world, &title).await;
    for label in ["Recipients", "Accepted"] {
        let count = Regex::new(&format!(r"(?i){label}(?:\s|:|<[^>]*>)*(\d+)"));
        let count = count.expect("a valid pattern");
        let counted = count.captures(&pages[0]).map(|found| found[1].to_owned());
        assert_eq!(counted, Some(people.to_string()), "{label}: {}", pages[0]);
    }
}

/// The paths of the pages of every issue that the scenario calls `title`.
async fn pages_of(world: &mut Pennypost, title: &str) -> Vec<String> {
    logging_in::ensure_logged_in(world, ADMIN).await;
    let title = world.title(title);
    let list = world.browser(ADMIN).get(NEWSLETTERS).await;
    assert_eq!(list.status.as_u16(), 200, "{}", list.body);
    issue_links(&list.body, &title)
}

/// Waits until every issue that the scenario calls `title` is delivered, and
/// gives their pages.
async fn delivered_pages(world: &mut Pennypost, title: &str) -> Vec<String> {
    let paths = pages_of(world, title).await;
    assert!(!paths.is_empty(), "no issue is called {title}");
    let browser = world.browser(ADMIN);
    let delivered = Regex::new(r"(?i)>\s*delivered\b").expect("a valid pattern");
    let mut pages = Vec::new();
    for path in paths {
        let page = until("the issue to be delivered", || async {
            let page = browser.get(&path).await.body;
            delivered.is_match(&page).then_some(page)
        })
        .await;
        pages.push(page);
    }
    pages
}
