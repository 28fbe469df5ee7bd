//! The readers of a long list, and what becomes of an issue on its way to them.

use std::collections::HashMap;

use cucumber::{then, when};
use reqwest::Method;
use serde_json::Value;

use super::{
    controlling::{again, issue_id, outcome_of, subscriber_ids},
    importing,
    programs::{json_of, request},
    settling::let_events_settle,
};
use crate::world::{Actor, Answer, Pennypost, System, until};

#[when(expr = "{actor} imports a list of {int} readers")]
async fn imports_readers(world: &mut Pennypost, actor: Actor, readers: u32) {
    world.readers = readers;
    let rows = (1..=readers).map(|number| format!("{},R\n", world.address_of_reader(number)));
    let list = format!("email,name\n{}", rows.collect::<String>());
    importing::import(world, &actor.0, importing::CSV, list).await;
}

/// Looks at the issue that was published last until `shows` finds what it looks
/// for in it.
async fn watch<T>(
    world: &mut Pennypost,
    actor: &str,
    what: &str,
    shows: impl Fn(&Value) -> Option<T>,
) -> T {
    let path = format!("/v1/issues/{}", issue_id(world, actor).await);
    let look = request(world, actor, Method::GET, &path);
    until(what, || async {
        shows(&json_of(&Answer::to(again(&look)).await))
    })
    .await
}

fn count(issue: &Value, name: &str) -> u64 {
    issue["counts"][name].as_u64().expect("a number")
}

/// Whom mails of the issue that was published last went to, once for each mail.
async fn mailed(world: &mut Pennypost) -> Vec<String> {
    let subject = world.latest_title();
    if let System::Machine(machine) = &world.system
        && let Some(server) = machine.mail_server()
    {
        return server.addressees(&subject);
    }
    world.mailbox().addressees(&subject).await
}

#[then(expr = "the counts of the issue of {actor} move")]
async fn counts_move(world: &mut Pennypost, actor: Actor) {
    let before = accepted_above(world, &actor, 0).await;
    accepted_above(world, &actor, before).await;
}

/// Waits until more than `before` are accepted, and some are still to come.
async fn accepted_above(world: &mut Pennypost, actor: &Actor, before: u64) -> u64 {
    let readers = u64::from(world.readers);
    watch(world, &actor.0, "the counts to move", |issue| {
        let accepted = count(issue, "accepted");
        assert!(accepted < readers, "too late to see it move: {issue}");
        (accepted > before).then(|| {
            assert_eq!(count(issue, "recipients"), readers, "{issue}");
            assert_eq!(accepted + count(issue, "pending"), readers, "{issue}");
            accepted
        })
    })
    .await
}

#[then(expr = "the issue of {actor} stands still, and holds nobody")]
async fn stands_still(world: &mut Pennypost, actor: Actor) {
    let at_rest = until_counted(world, &actor).await;
    if world.system.machine().mail_server().is_none() {
        let_events_settle(world).await;
    }
    let later = watch(world, &actor.0, "the issue", |issue| Some(issue.clone())).await;
    assert_eq!(later["status"], "paused", "{later}");
    assert_eq!(later["counts"], at_rest["counts"]);
    assert_eq!(count(&later, "held"), 0, "{later}");
    assert!(count(&later, "pending") > 0, "{later}");
    let mails = mailed(world).await.len();
    assert_eq!(mails as u64, count(&later, "accepted"));
}

/// Waits until as many are accepted as mails have come.
async fn until_counted(world: &mut Pennypost, actor: &Actor) -> Value {
    loop {
        let mails = mailed(world).await.len() as u64;
        let issue = watch(world, &actor.0, "all mails to be counted", |issue| {
            (count(issue, "accepted") >= mails).then(|| issue.clone())
        })
        .await;
        if count(&issue, "accepted") == mails {
            return issue;
        }
    }
}

/// How often a mail of the issue went to whom.
async fn times_mailed(world: &mut Pennypost) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    for address in mailed(world).await {
        *times.entry(address).or_default() += 1;
    }
    times
}

#[then(expr = "every reader on the list has got the issue once")]
async fn everybody_once(world: &mut Pennypost) {
    let times = times_mailed(world).await;
    for number in 1..=world.readers {
        let address = world.address_of_reader(number);
        assert_eq!(times.get(&address), Some(&1), "reader {number}");
    }
}

#[then(expr = "everybody is accepted or skipped by the issue of {actor}, and nobody held")]
async fn accepted_or_skipped(world: &mut Pennypost, actor: Actor) {
    let issue = watch(world, &actor.0, "the end", |issue| {
        (count(issue, "pending") == 0).then(|| issue.clone())
    })
    .await;
    let [accepted, skipped] = ["accepted", "skipped"].map(|name| count(&issue, name));
    assert!(accepted > 0 && skipped > 0, "{issue}");
    assert_eq!(accepted + skipped, u64::from(world.readers), "{issue}");
    assert_eq!(times_mailed(world).await.len() as u64, accepted);
}

#[then(
    expr = "whoever got a mail of the issue of {actor} is {string}, and everybody else {string}"
)]
async fn whoever_got_a_mail(world: &mut Pennypost, actor: Actor, got: String, not: String) {
    let times = times_mailed(world).await;
    let ids = subscriber_ids(world, &actor.0).await;
    for number in 1..=world.readers {
        let address = world.address_of_reader(number);
        let expected = if times.contains_key(&address) {
            &got
        } else {
            &not
        };
        outcome_of(world, &actor.0, &ids[&address], expected).await;
    }
}

#[then(expr = "reader {int} is {string} by the issue of {actor}")]
async fn reader_is(world: &mut Pennypost, number: u32, outcome: String, actor: Actor) {
    let address = world.address_of_reader(number);
    let ids = subscriber_ids(world, &actor.0).await;
    outcome_of(world, &actor.0, &ids[&address], &outcome).await;
}
