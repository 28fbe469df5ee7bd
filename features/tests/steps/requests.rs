//! Requests of any kind.

use cucumber::when;
use reqwest::{
    Method,
    header::{CONTENT_TYPE, ORIGIN},
};

use crate::world::{Actor, Answer, Browser, FORM, Pennypost};

/// Ten megabytes.
const TEN_MB: usize = 10 * 1024 * 1024;

#[when(expr = "{actor} opens {string}")]
async fn opens(world: &mut Pennypost, actor: Actor, path: String) {
    let answer = world.browser(&actor.0).get(&path).await;
    world.answered(answer);
}

#[when(expr = "{actor} opens {string} with a made-up session")]
async fn opens_with_a_made_up_session(world: &mut Pennypost, actor: Actor, path: String) {
    // A real session's cookie is needed for its name alone.
    super::logging_in::log_in(world, "decoy", crate::world::ADMIN).await;
    let real = world.browser("decoy").cookies();
    let real = real.expect("who logged in has a cookie");
    let made_up: Vec<String> = real
        .split("; ")
        .map(|cookie| {
            let (name, value) = cookie.split_once('=').expect("a cookie has a name");
            format!("{name}={}", "A".repeat(value.len()))
        })
        .collect();
    let browser = Browser::with_cookies(world.system.url(), &made_up.join("; "));
    world.give_browser(&actor.0, browser);
    opens(world, actor, path).await;
}

#[when(expr = "{actor} sends {word} to {string}")]
async fn sends(world: &mut Pennypost, actor: Actor, method: String, path: String) {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let answer = world.browser(&actor.0).send(method, &path).await;
    world.answered(answer);
}

#[when(expr = "{actor} posts the form {string} to {string}")]
async fn posts_the_form(world: &mut Pennypost, actor: Actor, form: String, path: String) {
    posts(world, actor, form, FORM.to_owned(), path).await;
}

#[when(expr = "{actor} posts {string} as {string} to {string}")]
async fn posts(
    world: &mut Pennypost,
    actor: Actor,
    body: String,
    content_type: String,
    path: String,
) {
    let browser = world.browser(&actor.0);
    let answer = browser.post(&path, &content_type, body).await;
    world.answered(answer);
}

#[when(expr = "{actor} posts 10 MB as {string} to {string}")]
async fn posts_ten_mb(world: &mut Pennypost, actor: Actor, content_type: String, path: String) {
    posts(world, actor, "a".repeat(TEN_MB), content_type, path).await;
}

#[when(expr = "{actor} posts the form {string} to {string} with the header {string}")]
async fn posts_with_header(
    world: &mut Pennypost,
    actor: Actor,
    form: String,
    path: String,
    header: String,
) {
    let (name, value) = header.split_once(": ").expect("a header is `Name: value`");
    let browser = world.browser(&actor.0);
    let request = browser
        .request_to_post(&path)
        .header(CONTENT_TYPE, FORM)
        .header(name, value);
    world.answered(Answer::to(request.body(form)).await);
}

#[when(expr = "{actor} posts the form {string} to {string} with its own origin")]
async fn posts_with_own_origin(world: &mut Pennypost, actor: Actor, form: String, path: String) {
    let own = world.system.url().origin().ascii_serialization();
    let header = format!("{ORIGIN}: {own}");
    posts_with_header(world, actor, form, path, header).await;
}
