//! What becomes of an issue while it goes out.

use std::collections::HashMap;

use cucumber::{then, when};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::programs::{json_of, request};
use crate::world::{Actor, Answer, Pennypost, until};

const ISSUES: &str = "/v1/issues";
const SUBSCRIBERS: &str = "/v1/subscribers?limit=200";

/// The issue that was published last, by whom or what.
pub(super) async fn issue_id(world: &mut Pennypost, actor: &str) -> String {
    let newest = request(world, actor, Method::GET, &format!("{ISSUES}?limit=200"));
    let title = world.latest_title();
    let issues = json_of(&Answer::to(newest).await);
    let items = issues["items"].as_array().expect("a list");
    let issue = items.iter().find(|it| it["title"] == title.as_str());
    let issue = issue.unwrap_or_else(|| panic!("{title} is not listed"));
    issue["id"].as_str().expect("an id").to_owned()
}

pub(super) fn again(request: &RequestBuilder) -> RequestBuilder {
    request.try_clone().expect("a request without a stream")
}

#[when(expr = "{actor} asks to {word} the issue")]
async fn asks_to(world: &mut Pennypost, actor: Actor, action: String) {
    let path = format!("{ISSUES}/{}/{action}", issue_id(world, &actor.0).await);
    let asked = request(world, &actor.0, Method::POST, &path);
    world.answered(Answer::to(asked).await);
}

#[when(expr = "the issue of {actor} becomes {string}")]
#[then(expr = "the issue of {actor} becomes {string}")]
async fn becomes(world: &mut Pennypost, actor: Actor, status: String) {
    let path = format!("{ISSUES}/{}", issue_id(world, &actor.0).await);
    let look = request(world, &actor.0, Method::GET, &path);
    until(&format!("the issue to be {status}"), || async {
        let issue = json_of(&Answer::to(again(&look)).await);
        (issue["status"] == status.as_str()).then_some(())
    })
    .await;
}

#[when(expr = "{actor} is {string} by the issue of {actor}")]
#[then(expr = "{actor} is {string} by the issue of {actor}")]
async fn is_by_the_issue(world: &mut Pennypost, person: Actor, outcome: String, actor: Actor) {
    let address = world.address(&person.0);
    let ids = subscriber_ids(world, &actor.0).await;
    let id = ids.get(&address);
    let id = id.unwrap_or_else(|| panic!("{} is not listed", person.0));
    outcome_of(world, &actor.0, id, &outcome).await;
}

/// The ids of all subscribers, by address.
pub(super) async fn subscriber_ids(world: &mut Pennypost, actor: &str) -> HashMap<String, String> {
    let mut ids = HashMap::new();
    let mut path = SUBSCRIBERS.to_owned();
    loop {
        let page = request(world, actor, Method::GET, &path);
        let page = json_of(&Answer::to(page).await);
        for one in page["items"].as_array().expect("a list") {
            let text = |name: &str| one[name].as_str().expect("a text").to_owned();
            ids.insert(text("email"), text("id"));
        }
        let Some(next) = page["next_cursor"].as_str() else {
            return ids;
        };
        path = format!("{SUBSCRIBERS}&cursor={next}");
    }
}

/// Waits until that is what the issue that was published last says of a
/// subscriber.
pub(super) async fn outcome_of(world: &mut Pennypost, actor: &str, id: &str, outcome: &str) {
    let issue = issue_id(world, actor).await;
    let path = format!("{ISSUES}/{issue}/recipients/{id}");
    let look = request(world, actor, Method::GET, &path);
    until(&format!("the outcome {outcome}"), || async {
        let fate = json_of(&Answer::to(again(&look)).await);
        (fate["outcome"] == outcome).then_some(())
    })
    .await;
}

#[then(expr = "the issue of {actor} counts {int} {string}")]
async fn counts(world: &mut Pennypost, actor: Actor, count: u64, outcome: String) {
    let path = format!("{ISSUES}/{}", issue_id(world, &actor.0).await);
    let look = request(world, &actor.0, Method::GET, &path);
    until(&format!("{count} {outcome}"), || async {
        let issue = json_of(&Answer::to(again(&look)).await);
        (issue["counts"][outcome.as_str()] == count).then_some(())
    })
    .await;
}

#[then(expr = "{actor} finds {actor} among the exceptions of the issue as {string}")]
async fn among_exceptions(world: &mut Pennypost, actor: Actor, person: Actor, outcome: String) {
    let address = world.address(&person.0);
    let id = subscriber_ids(world, &actor.0).await.remove(&address);
    let id = id.unwrap_or_else(|| panic!("{} is not listed", person.0));
    let issue = issue_id(world, &actor.0).await;
    let path = format!("{ISSUES}/{issue}/exceptions?outcome={outcome}");
    let look = request(world, &actor.0, Method::GET, &path);
    until("the exception", || async {
        let list = json_of(&Answer::to(again(&look)).await);
        let items = list["items"].as_array().expect("a list");
        items
            .iter()
            .any(|it| it["subscriber_id"] == id.as_str() && it["outcome"] == outcome.as_str())
            .then_some(())
    })
    .await;
}

#[when(expr = "{actor} asks to {word} the held of the issue")]
async fn asks_about_held(world: &mut Pennypost, actor: Actor, action: String) {
    let path = format!("{ISSUES}/{}/held", issue_id(world, &actor.0).await);
    let asked = json!({"action": action, "subscriber_ids": "all"});
    let asked = request(world, &actor.0, Method::POST, &path).json(&asked);
    world.answered(Answer::to(asked).await);
}
