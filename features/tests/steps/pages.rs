//! What stands in a page.

use cucumber::then;

use crate::world::{Actor, Pennypost, form_fields, unescaped};

/// A whole page, as a reader of any kind can use it.
#[then("the answer is a page")]
async fn page(world: &mut Pennypost) {
    let answer = world.answer();
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    for part in [
        "<html lang=",
        "<title>",
        "name=\"viewport\"",
        "<main",
        "<h1",
    ] {
        assert!(answer.body.contains(part), "no {part} in {}", answer.body);
    }
}

#[then(expr = "the page says {string}")]
async fn says(world: &mut Pennypost, text: String) {
    let page = unescaped(&world.answer().body);
    assert!(page.contains(&text), "{page}");
}

#[then(expr = "the page holds no HTML {string}")]
async fn holds_no_html(world: &mut Pennypost, html: String) {
    let page = &world.answer().body;
    assert!(!page.contains(&html), "{page}");
}

#[then(expr = "the page says {string} and the user name of {actor}")]
async fn says_username(world: &mut Pennypost, text: String, actor: Actor) {
    let username = world.username(&actor.0);
    says(world, format!("{text} {username}")).await;
}

#[then(expr = "the page has a form that posts {string} to {string}")]
async fn has_form(world: &mut Pennypost, fields: String, target: String) {
    let answer = world.answer();
    let names = form_fields(answer, &target);
    let names = names.unwrap_or_else(|| panic!("no form posts to {target} in {}", answer.body));
    for field in fields.split(", ") {
        assert!(names.iter().any(|name| name == field), "{field}: {names:?}");
    }
}

#[then("the page has a button that unsubscribes")]
async fn has_unsubscribe_button(world: &mut Pennypost) {
    let answer = world.answer();
    let fields = form_fields(answer, "/subscriptions/unsubscribe");
    assert!(fields.is_some(), "{}", answer.body);
    assert!(answer.body.contains("<button"), "{}", answer.body);
}
