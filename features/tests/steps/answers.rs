//! What was answered: status, headers, cookies.

use cucumber::then;
use serde_json::Value;

use crate::world::{Actor, Pennypost, flash};

#[then(expr = "the answer is {int}")]
async fn has_status(world: &mut Pennypost, status: u16) {
    let answer = world.answer();
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
}

#[then(expr = "every answer is {int}")]
async fn all_have_status(world: &mut Pennypost, status: u16) {
    for answer in world.latest_answers() {
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    }
}

/// Either an error, or a redirect that tells in a flash what is wrong.
#[then("the answer is a clear refusal")]
async fn refusal(world: &mut Pennypost) {
    let answer = world.answer();
    let refused = answer.status.is_client_error() || answer.status.as_u16() == 303;
    assert!(refused, "{answer:?}");
}

#[then("the answer has no body")]
async fn no_body(world: &mut Pennypost) {
    assert_eq!(world.answer().body, "");
}

#[then(expr = "the answer's JSON is {string}")]
async fn json(world: &mut Pennypost, expected: String) {
    let answer = world.answer();
    assert_eq!(answer.header("content-type"), "application/json");
    let expected: Value = serde_json::from_str(&expected).expect("JSON in the step");
    let actual: Value = serde_json::from_str(&answer.body).expect("JSON in the answer");
    assert_eq!(actual, expected);
}

#[then("the answer is a problem")]
async fn problem(world: &mut Pennypost) {
    read_problem(world);
}

#[then(expr = "the answer is a problem that names {string}")]
async fn problem_that_names(world: &mut Pennypost, field: String) {
    let problem = read_problem(world);
    let named = problem["errors"].to_string();
    assert!(
        named.contains(&format!("\"{field}\"")) || named.contains(&format!("/{field}\"")),
        "{problem}"
    );
}

/// The answer as RFC 9457 has it.
fn read_problem(world: &Pennypost) -> Value {
    let answer = world.answer();
    let content_type = answer.header("content-type");
    assert_eq!(content_type, "application/problem+json");
    let problem: Value = serde_json::from_str(&answer.body).expect("JSON in the answer");
    assert_eq!(problem["status"], answer.status.as_u16());
    assert!(problem["title"].is_string(), "{problem}");
    problem
}

#[then("the last two answers are the same")]
async fn last_two_are_the_same(world: &mut Pennypost) {
    let [one, other] = world.last_two();
    assert_eq!(one.fingerprint(), other.fingerprint());
}

#[then("the answers are all the same")]
async fn all_are_the_same(world: &mut Pennypost) {
    let answers = world.latest_answers();
    let without_cookies = |answer: &crate::world::Answer| {
        let mut answer = answer.clone();
        answer.headers.remove(reqwest::header::SET_COOKIE);
        answer.fingerprint()
    };
    for answer in answers {
        assert_eq!(without_cookies(answer), without_cookies(&answers[0]));
    }
}

#[then(expr = "{actor} is sent to {string}")]
async fn sent_to(world: &mut Pennypost, _actor: Actor, path: String) {
    assert_eq!(world.answer().redirect(), path);
}

#[then(expr = "{actor} is sent to {string} and told {string}")]
async fn sent_to_and_told(world: &mut Pennypost, actor: Actor, path: String, text: String) {
    let told = follow_and_read_flash(world, &actor, &path).await;
    assert_eq!(told, text);
}

#[then(expr = "{actor} is sent to {string} and told something")]
async fn sent_to_and_told_something(world: &mut Pennypost, actor: Actor, path: String) {
    let told = follow_and_read_flash(world, &actor, &path).await;
    assert_ne!(told, "Your password has been changed.");
    assert_ne!(told, "");
}

/// Follows the redirect to `path`, and makes sure that the flash there is gone
/// at the next visit.
async fn follow_and_read_flash(world: &mut Pennypost, actor: &Actor, path: &str) -> String {
    assert_eq!(world.answer().redirect(), path);
    let browser = world.browser(&actor.0);
    let first = browser.get(path).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.body);
    let second = browser.get(path).await;
    assert_eq!(flash(&second.body), None, "the flash shows once");
    flash(&first.body).unwrap_or_else(|| panic!("there is no flash in {}", first.body))
}

#[then(expr = "the answer has the header {string}")]
async fn has_header(world: &mut Pennypost, name: String) {
    assert_ne!(world.answer().header(&name), "", "{name}");
}

#[then(expr = "the answer has the header {string} with {string}")]
async fn has_header_with(world: &mut Pennypost, name: String, part: String) {
    let value = world.answer().header(&name);
    assert!(value.contains(&part), "{name}: {value}");
}

#[then("the answer's policy allows no inline script")]
async fn no_inline_script(world: &mut Pennypost) {
    let policy = world.answer().header("content-security-policy");
    let directives: Vec<Vec<&str>> = policy
        .split(';')
        .map(|directive| directive.split_whitespace().collect())
        .collect();
    let of = |name: &str| directives.iter().find(|words| words.first() == Some(&name));
    let scripts = of("script-src").or_else(|| of("default-src"));
    let scripts = scripts.expect("the policy speaks of scripts");
    assert!(!scripts.contains(&"'unsafe-inline'"), "{policy}");
    assert!(!scripts.contains(&"*"), "{policy}");
}

#[then(expr = "the answer's cookies say {string}")]
async fn cookies_say(world: &mut Pennypost, part: String) {
    let cookies = world.answer().set_cookies();
    assert!(!cookies.is_empty(), "no cookie was set");
    for cookie in cookies {
        assert!(cookie.contains(&part), "{cookie}");
    }
}

#[then("the answer sets no cookie")]
async fn sets_no_cookie(world: &mut Pennypost) {
    assert!(world.answer().set_cookies().is_empty());
}
