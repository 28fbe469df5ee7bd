//! Leaving a name and an address.

use cucumber::{given, when};
use futures::future::join_all;
use serde_json::json;

use super::mails;
use crate::world::{Actor, Answer, Pennypost};

/// Where subscriptions are posted.
const SUBSCRIPTIONS: &str = "/subscriptions";

/// Posts the form for `person`.
pub(crate) async fn subscribe(world: &mut Pennypost, person: &str) -> Answer {
    let address = world.address(person);
    let browser = world.browser(person);
    let fields = [("name", person), ("email", &address)];
    browser.post_form(SUBSCRIPTIONS, &fields).await
}

#[given(expr = "{actor} writes her address as {string}")]
async fn writes_address(world: &mut Pennypost, person: Actor, mailbox: String) {
    world.write_address(&person.0, &mailbox);
}

#[given(expr = "{actor} has subscribed")]
async fn has_subscribed(world: &mut Pennypost, person: Actor) {
    let answer = subscribe(world, &person.0).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    mails::confirmation_mail(world, &person.0, 1).await;
}

#[given(expr = "{actor} subscribes")]
#[when(expr = "{actor} subscribes")]
async fn subscribes(world: &mut Pennypost, person: Actor) {
    let answer = subscribe(world, &person.0).await;
    world.answered(answer);
}

#[given(expr = "{actor} subscribes {int} times")]
#[when(expr = "{actor} subscribes {int} times")]
async fn subscribes_times(world: &mut Pennypost, person: Actor, times: usize) {
    let mut answers = Vec::new();
    for _ in 0..times {
        answers.push(subscribe(world, &person.0).await);
    }
    world.answered_all(answers);
}

#[when(expr = "{actor} subscribes {int} times at the same moment")]
async fn subscribes_at_once(world: &mut Pennypost, person: Actor, times: usize) {
    let address = world.address(&person.0);
    let browser = world.browser(&person.0);
    let fields = [("name", person.0.as_str()), ("email", &address)];
    let posts = (0..times).map(|_| browser.post_form(SUBSCRIPTIONS, &fields));
    let answers = join_all(posts).await;
    world.answered_all(answers);
}

#[when(expr = "{actor} subscribes with JSON")]
async fn subscribes_with_json(world: &mut Pennypost, person: Actor) {
    let address = world.address(&person.0);
    let browser = world.browser(&person.0);
    let body = json!({ "name": person.0, "email": address }).to_string();
    let answer = browser.post(SUBSCRIPTIONS, "application/json", body).await;
    world.answered(answer);
}

#[when(expr = "{actor} subscribes under the name {string}")]
async fn subscribes_under(world: &mut Pennypost, person: Actor, name: String) {
    let address = world.address(&person.0);
    post(world, &person.0, &name, &address).await;
}

#[when(expr = "{actor} subscribes with her address in capitals")]
async fn subscribes_in_capitals(world: &mut Pennypost, person: Actor) {
    let address = world.address(&person.0).to_uppercase();
    post(world, &person.0, &person.0, &address).await;
}

#[when(expr = "{actor} subscribes with a name of {int} times {string}")]
async fn subscribes_with_long_name(
    world: &mut Pennypost,
    actor: Actor,
    times: usize,
    letter: String,
) {
    let address = world.address(&actor.0);
    post(world, &actor.0, &letter.repeat(times), &address).await;
}

#[when(expr = "{actor} subscribes with a mailbox name of {int} letters")]
async fn subscribes_with_long_mailbox(world: &mut Pennypost, actor: Actor, letters: usize) {
    let mailbox = format!("{:x<letters$}", world.scenario);
    post(world, &actor.0, "Ursula", &format!("{mailbox}@example.com")).await;
}

async fn post(world: &mut Pennypost, actor: &str, name: &str, address: &str) {
    let browser = world.browser(actor);
    let fields = [("name", name), ("email", address)];
    let answer = browser.post_form(SUBSCRIPTIONS, &fields).await;
    world.answered(answer);
}
