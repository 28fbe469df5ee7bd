//! Programs with a token.

use cucumber::{given, then, when};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::publishing;
use crate::world::{Actor, Answer, Pennypost, Program};

const TOKENS: &str = "/v1/tokens";
const ISSUES: &str = "/v1/issues";
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// More than an issue may have, in bytes.
const TOO_MUCH: usize = 300 * 1024;

async fn ask_for_token(world: &mut Pennypost, actor: &str, username: &str, password: &str) {
    let name = format!("{actor} of {}", world.scenario);
    let asked = json!({"username": username, "password": password, "name": name});
    let browser = world.browser(actor);
    let answer = Answer::to(browser.request_to_post(TOKENS).json(&asked)).await;
    if answer.status.as_u16() == 201 {
        let issued = json_of(&answer);
        let text = |name: &str| issued[name].as_str().expect("a text").to_owned();
        let (id, token) = (text("id"), text("token"));
        world
            .programs
            .insert(actor.to_owned(), Program { id, token });
    }
    world.answered(answer);
}

#[when(expr = "{actor} asks for a token of {actor}")]
async fn asks_for_token(world: &mut Pennypost, actor: Actor, user: Actor) {
    let (username, password) = (world.username(&user.0), world.password(&user.0).to_owned());
    ask_for_token(world, &actor.0, &username, &password).await;
}

#[when(expr = "{actor} asks for a token of {actor} with the password {string}")]
async fn asks_with_password(world: &mut Pennypost, actor: Actor, user: Actor, password: String) {
    let username = world.username(&user.0);
    ask_for_token(world, &actor.0, &username, &password).await;
}

#[given(expr = "{actor} has a token of {actor}")]
async fn has_token(world: &mut Pennypost, actor: Actor, user: Actor) {
    asks_for_token(world, actor, user).await;
    let answer = world.answer();
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
}

/// A request with the token of `actor`.
pub(super) fn request(
    world: &mut Pennypost,
    actor: &str,
    method: Method,
    path: &str,
) -> RequestBuilder {
    let browser = world.browser(actor);
    let program = world.programs.get(actor);
    let program = program.unwrap_or_else(|| panic!("{actor} has no token"));
    browser.request(method, path).bearer_auth(&program.token)
}

async fn send(world: &mut Pennypost, actor: &str, method: Method, path: &str) {
    let request = request(world, actor, method, path);
    world.answered(Answer::to(request).await);
}

async fn get(world: &mut Pennypost, actor: &str, path: &str) -> Value {
    let answer = Answer::to(request(world, actor, Method::GET, path)).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    json_of(&answer)
}

pub(super) fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).expect("JSON in the answer")
}

#[when(expr = "{actor} reads {string}")]
async fn reads(world: &mut Pennypost, actor: Actor, path: String) {
    send(world, &actor.0, Method::GET, &path).await;
}

#[when(expr = "{actor} sends {word} with its token to {string}")]
async fn sends(world: &mut Pennypost, actor: Actor, method: String, path: String) {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    send(world, &actor.0, method, &path).await;
}

#[when(expr = "{actor} revokes the token of {actor}")]
async fn revokes(world: &mut Pennypost, actor: Actor, other: Actor) {
    let path = format!("{TOKENS}/{}", world.programs[&other.0].id);
    send(world, &actor.0, Method::DELETE, &path).await;
}

#[then(expr = "the answer does not hold the token of {actor}")]
async fn holds_no_token(world: &mut Pennypost, actor: Actor) {
    let program = &world.programs[&actor.0];
    let answer = world.answer();
    assert!(answer.body.contains(&program.id), "{}", answer.body);
    assert!(!answer.body.contains(&program.token));
}

#[then(expr = "the answer's JSON has {string}")]
async fn json_has(world: &mut Pennypost, members: String) {
    let object = json_of(world.answer());
    let mut found: Vec<_> = object.as_object().expect("an object").keys().collect();
    found.sort();
    let expected: Vec<_> = members.split(", ").collect();
    assert_eq!(found, expected);
}

#[then(expr = "the answer is a problem of the type {string}")]
async fn problem_of_type(world: &mut Pennypost, kind: String) {
    let answer = world.answer();
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = json_of(answer);
    assert_eq!(problem["type"], format!("urn:pennypost:problem:{kind}"));
    assert_eq!(problem["status"], answer.status.as_u16());
}

#[then("the problem tells a number of bytes")]
async fn tells_bytes(world: &mut Pennypost) {
    let problem = json_of(world.answer());
    let detail = problem["detail"].as_str().expect("a text");
    let excess = detail.split(' ').find_map(|word| word.parse().ok());
    let excess: usize = excess.unwrap_or_else(|| panic!("no number in {detail}"));
    assert!((1..TOO_MUCH).contains(&excess), "{detail}");
}

fn issue(title: &str) -> Value {
    json!({
        "title": title,
        "text_content": publishing::text_content(title),
        "html_content": format!("<p>{}</p>", publishing::HTML_MARK),
    })
}

#[when(expr = "{actor} publishes {string} with the key {string}")]
async fn publishes(world: &mut Pennypost, actor: Actor, title: String, key: String) {
    let key = format!("{key}-{}", world.scenario);
    let issue = issue(&world.publish_title(&title));
    publish(world, &actor.0, &issue, Some(&key)).await;
}

#[when(expr = "{actor} publishes {string} without a key")]
async fn publishes_without_key(world: &mut Pennypost, actor: Actor, title: String) {
    let issue = issue(&world.publish_title(&title));
    publish(world, &actor.0, &issue, None).await;
}

#[when(expr = "{actor} publishes {string} with a key of {int} characters")]
async fn publishes_with_key_of(world: &mut Pennypost, actor: Actor, title: String, length: usize) {
    let key = format!("{:k<length$}", world.scenario);
    let issue = issue(&world.publish_title(&title));
    publish(world, &actor.0, &issue, Some(&key)).await;
}

#[when(expr = "{actor} publishes an issue of 300 KB")]
async fn publishes_too_much(world: &mut Pennypost, actor: Actor) {
    let mut issue = issue(&world.publish_title("Too much"));
    issue["text_content"] = Value::from("a".repeat(TOO_MUCH));
    let key = world.scenario.clone();
    publish(world, &actor.0, &issue, Some(&key)).await;
}

async fn publish(world: &mut Pennypost, actor: &str, issue: &Value, key: Option<&str>) {
    let mut request = request(world, actor, Method::POST, ISSUES).json(issue);
    if let Some(key) = key {
        request = request.header(IDEMPOTENCY_KEY, key);
    }
    world.answered(Answer::to(request).await);
}

#[when(expr = "{actor} follows the Location")]
async fn follows_location(world: &mut Pennypost, actor: Actor) {
    let location = world.answer().header("location").to_owned();
    send(world, &actor.0, Method::GET, &location).await;
}

#[when(expr = "{actor} waits until the issue is delivered")]
async fn waits_until_delivered(world: &mut Pennypost, actor: Actor) {
    let location = world.answer().header("location").to_owned();
    let browser = world.browser(&actor.0);
    let token = world.programs[&actor.0].token.clone();
    let answer = crate::world::until("the issue to be delivered", || async {
        let request = browser.request(Method::GET, &location).bearer_auth(&token);
        let answer = Answer::to(request).await;
        (json_of(&answer)["status"] == "delivered").then_some(answer)
    });
    let answer = answer.await;
    world.answered(answer);
}

#[then("the counts add up, and somebody got it")]
async fn counts_add_up(world: &mut Pennypost) {
    let issue = json_of(world.answer());
    let count = |name: &str| issue["counts"][name].as_u64().expect("a number");
    let outcomes = [
        "pending",
        "accepted",
        "failed",
        "suppressed",
        "skipped",
        "held",
    ];
    let sum: u64 = outcomes.into_iter().map(count).sum();
    assert_eq!(count("recipients"), sum, "{issue}");
    assert!(count("accepted") > 0, "{issue}");
    assert_eq!(count("pending"), 0, "{issue}");
    assert!(issue["finished_at"].is_string(), "{issue}");
}

#[then(expr = "{actor} pages through {string} by {int} and finds {string} in this order")]
async fn pages_through(
    world: &mut Pennypost,
    actor: Actor,
    list: String,
    limit: usize,
    titles: String,
) {
    let expected: Vec<_> = titles.split(", ").map(|title| world.title(title)).collect();
    let mut found = Vec::new();
    let mut cursor = String::new();
    while found.len() < expected.len() {
        let path = format!("{list}?limit={limit}{cursor}");
        let page = get(world, &actor.0, &path).await;
        let items = page["items"].as_array().expect("a list");
        assert!(items.len() <= limit);
        let ours = items.iter().filter_map(|item| item["title"].as_str());
        found.extend(
            ours.filter(|it| expected.iter().any(|one| one == it))
                .map(str::to_owned),
        );
        let Value::String(next) = &page["next_cursor"] else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(found, expected);
}

#[then(expr = "{actor} finds {actor} among the {string} and not among the {string}")]
async fn finds_among(
    world: &mut Pennypost,
    actor: Actor,
    person: Actor,
    there: String,
    not_there: String,
) {
    assert!(find(world, &actor.0, &person.0, &there).await.is_some());
    assert!(find(world, &actor.0, &person.0, &not_there).await.is_none());
}

/// The id of `person`, who is among the newest with that status.
async fn find(world: &mut Pennypost, actor: &str, person: &str, status: &str) -> Option<String> {
    let address = world.address(person);
    let path = format!("/v1/subscribers?limit=200&status={status}");
    let page = get(world, actor, &path).await;
    let items = page["items"].as_array().expect("a list");
    let found = items.iter().find(|item| item["email"] == *address)?;
    Some(found["id"].as_str().expect("an id").to_owned())
}

/// Where `person`, who confirmed, is; remembered for when they are gone.
async fn place_of(world: &mut Pennypost, actor: &str, person: &str) -> String {
    if let Some(path) = world.places.get(person) {
        return path.clone();
    }
    let id = find(world, actor, person, "confirmed").await;
    let id = id.unwrap_or_else(|| panic!("{person} is not among the confirmed"));
    let path = format!("/v1/subscribers/{id}");
    world.places.insert(person.to_owned(), path.clone());
    path
}

#[when(expr = "{actor} reads {actor}")]
async fn reads_person(world: &mut Pennypost, actor: Actor, person: Actor) {
    let path = place_of(world, &actor.0, &person.0).await;
    send(world, &actor.0, Method::GET, &path).await;
}

#[when(expr = "{actor} erases {actor}")]
async fn erases(world: &mut Pennypost, actor: Actor, person: Actor) {
    let path = place_of(world, &actor.0, &person.0).await;
    send(world, &actor.0, Method::DELETE, &path).await;
}
