//! What becomes of an issue while it goes out.

use cucumber::{then, when};
use reqwest::{Method, RequestBuilder};

use super::programs::{json_of, request};
use crate::world::{Actor, Answer, Pennypost, until};

const ISSUES: &str = "/v1/issues";

/// The issue that was published last, by whom or what.
async fn issue_id(world: &mut Pennypost, actor: &str) -> String {
    let newest = request(world, actor, Method::GET, &format!("{ISSUES}?limit=200"));
    let title = world.latest_title();
    let issues = json_of(&Answer::to(newest).await);
    let items = issues["items"].as_array().expect("a list");
    let issue = items.iter().find(|it| it["title"] == title.as_str());
    let issue = issue.unwrap_or_else(|| panic!("{title} is not listed"));
    issue["id"].as_str().expect("an id").to_owned()
}

fn again(request: &RequestBuilder) -> RequestBuilder {
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

#[then(expr = "{actor} is {string} by the issue of {actor}")]
async fn is_by_the_issue(world: &mut Pennypost, person: Actor, outcome: String, actor: Actor) {
    let id = issue_id(world, &actor.0).await;
    let address = world.address(&person.0);
    let subscribers = request(world, &actor.0, Method::GET, "/v1/subscribers?limit=200");
    let subscribers = json_of(&Answer::to(subscribers).await);
    let items = subscribers["items"].as_array().expect("a list");
    let found = items.iter().find(|it| it["email"] == address.as_str());
    let found = found.unwrap_or_else(|| panic!("{} is not listed", person.0));
    let subscriber_id = found["id"].as_str().expect("an id");
    let path = format!("{ISSUES}/{id}/recipients/{subscriber_id}");
    let look = request(world, &actor.0, Method::GET, &path);
    until(&format!("the outcome {outcome}"), || async {
        let fate = json_of(&Answer::to(again(&look)).await);
        (fate["outcome"] == outcome.as_str()).then_some(())
    })
    .await;
}
