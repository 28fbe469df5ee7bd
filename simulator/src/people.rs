//! People: they subscribe, confirm, leave, are imported; and the admin, who
//! publishes, pauses, resumes, cancels, and decides on the held.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::time::Duration;
use uuid::Uuid;

use crate::{api::Api, world::World};

/// How often somebody looks for the mail with the link.
const LOOKS: u32 = 60;
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// The issues that were published.
pub(crate) type Issues = Arc<Mutex<Vec<Uuid>>>;

/// Has somebody subscribe by the page, and do what they do.
pub(crate) async fn reader(api: Api, number: u64) {
    let world = Arc::clone(&api.cluster.world);
    let address = format!("reader-{number}@example.com");
    pause(&world, 60).await;
    subscribe(&api, &address).await;
    if world.chance.one_in(12) {
        return; // and never confirms
    }
    let Some(link) = mailed_link(&api, &address).await else {
        return;
    };
    if world.chance.one_in(3) {
        pause(&world, 200).await;
    }
    api.get(&link).await;
    if world.chance.one_in(3) {
        leave(&api, &address).await;
        if world.chance.one_in(3) {
            pause(&world, 60).await;
            subscribe(&api, &address).await;
            pause(&world, 60).await;
            if let Some(link) = mailed_link(&api, &address).await {
                api.get(&link).await;
            }
        }
    }
}

/// Has the admin hand in a list, and some on it leave.
pub(crate) async fn import(api: Api, number: u64) {
    let world = Arc::clone(&api.cluster.world);
    pause(&world, 40).await;
    let rows = world.chance.between(2, 16);
    let address = |row| format!("import-{number}-{row}@example.com");
    let lines: String = (0..rows)
        .map(|row| format!("{},Reader {row}\n", address(row)))
        .collect();
    let (status, _) = api.import(format!("email,name\n{lines}")).await;
    if status != 202 {
        world.watch.broken(format!("a list is answered {status}"));
    }
    let leaving = (0..rows)
        .filter(|_| world.chance.one_in(6))
        .collect::<Vec<_>>();
    for row in leaving {
        leave(&api, &address(row)).await;
    }
}

async fn subscribe(api: &Api, address: &str) {
    let body = json!({"name": "Ann", "email": address});
    let (status, _) = api.post("/subscriptions", &body, None).await;
    if status != 202 {
        api.cluster
            .world
            .watch
            .broken(format!("a subscription is answered {status}"));
    }
}

async fn mailed_link(api: &Api, address: &str) -> Option<String> {
    for _ in 0..LOOKS {
        if let Some(link) = api.cluster.mail.newest_link(address) {
            return Some(link);
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
    None
}

/// Leaves after a while, one way or another.
async fn leave(api: &Api, address: &str) {
    let world = &api.cluster.world;
    pause(world, 200).await;
    let Some((id, link)) = world.watch.known().subscriber(address) else {
        return;
    };
    if world.chance.one_in(3) {
        api.delete(&format!("/v1/subscribers/{id}")).await;
    } else {
        api.press(&link).await;
    }
}

/// Has the admin publish an issue and change their mind about it.
pub(crate) async fn publish(api: Api, number: u64, issues: Issues) {
    let world = Arc::clone(&api.cluster.world);
    pause(&world, 150).await;
    let body = json!({
        "title": format!("Issue {number}"),
        "text_content": "Hello {{name}}", "html_content": "<p>Hello {{name}}</p>",
    });
    let key = format!("issue-{number}");
    let (status, answer) = api.post("/v1/issues", &body, Some(&key)).await;
    let id = answer["id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
    let Some(id) = id.filter(|_| status == 202) else {
        world.watch.broken(format!("an issue is answered {status}"));
        return;
    };
    issues
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(id);
    for _ in 0..world.chance.below(5) {
        let wait = world.chance.below(20_000);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        match world.chance.below(12) {
            0 => control(&api, id, "cancel").await,
            1..=4 => control(&api, id, "pause").await,
            5..=7 => control(&api, id, "resume").await,
            8 => decide(&api, id).await,
            _ => pause(&world, 120).await,
        }
    }
}

async fn control(api: &Api, issue: Uuid, action: &str) {
    let (status, _) = api
        .post(&format!("/v1/issues/{issue}/{action}"), &Value::Null, None)
        .await;
    if !matches!(status, 202 | 409) {
        api.cluster
            .world
            .watch
            .broken(format!("a {action} is answered {status}"));
    }
}

/// Decides on the held.
pub(crate) async fn decide(api: &Api, issue: Uuid) {
    let action = api.cluster.world.chance.one_of(&["resend", "drop"]);
    let body = json!({"action": action, "subscriber_ids": "all"});
    let (status, _) = api
        .post(&format!("/v1/issues/{issue}/held"), &body, None)
        .await;
    if !matches!(status, 202 | 409) {
        api.cluster
            .world
            .watch
            .broken(format!("a {action} is answered {status}"));
    }
}

/// Sees to it that nothing stays paused; tells whether all issues are at their
/// ends.
pub(crate) async fn bring_to_ends(api: &Api, issues: &Issues) -> bool {
    let ids = issues
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let mut all = true;
    for id in ids {
        let (_, issue) = api.get(&format!("/v1/issues/{id}")).await;
        match issue["status"].as_str() {
            Some("delivered" | "cancelled") => {}
            Some("paused") => {
                all = false;
                control(api, id, "resume").await;
            }
            _ => all = false,
        }
    }
    all
}

async fn pause(world: &World, most_seconds: u64) {
    let wait = world.chance.below(most_seconds * 1_000);
    tokio::time::sleep(Duration::from_millis(wait)).await;
}
