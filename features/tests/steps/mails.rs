//! Confirmation mails, and counting mails.

use std::collections::HashSet;

use cucumber::{given, then, when};

use super::settling::let_events_settle;
use crate::world::{Actor, CONFIRMATION_SUBJECT, Mail, Pennypost, confirmation_links, until};

/// Waits until `person` has `count` mails with this subject at least, makes
/// sure that no more are under way, and gives their ids, oldest first.
///
/// # Panics
/// If there are fewer or more.
pub(crate) async fn exactly(
    world: &mut Pennypost,
    person: &str,
    subject: &str,
    count: usize,
) -> Vec<String> {
    at_least(world, person, subject, count).await;
    let_events_settle(world).await;
    let address = world.address(person);
    let ids = world.mailbox().ids(&address, subject).await;
    assert_eq!(ids.len(), count, "mails with the subject {subject}");
    ids
}

/// The `number`th (from 1) confirmation mail to `person`, waited for.
pub(crate) async fn confirmation_mail(world: &mut Pennypost, person: &str, number: usize) -> Mail {
    let ids = at_least(world, person, CONFIRMATION_SUBJECT, number).await;
    world.mailbox().mail(&ids[number - 1]).await
}

/// Waits until `person` has `count` mails with this subject at least.
pub(crate) async fn at_least(
    world: &mut Pennypost,
    person: &str,
    subject: &str,
    count: usize,
) -> Vec<String> {
    let address = world.address(person);
    let mailbox = world.mailbox();
    let what = format!("{count} mails to {person} with the subject {subject}");
    until(&what, || async {
        let ids = mailbox.ids(&address, subject).await;
        (ids.len() >= count).then_some(ids)
    })
    .await
}

#[given(expr = "{actor} gets {int} confirmation mail(s)")]
#[when(expr = "{actor} gets {int} confirmation mail(s)")]
#[then(expr = "{actor} gets {int} confirmation mail(s)")]
async fn gets_confirmation_mails(world: &mut Pennypost, person: Actor, count: usize) {
    exactly(world, &person.0, CONFIRMATION_SUBJECT, count).await;
}

#[then(expr = "no confirmation mail goes to the address of {actor} in capitals")]
async fn none_in_capitals(world: &mut Pennypost, person: Actor) {
    let_events_settle(world).await;
    let capitals = world.address(&person.0).to_uppercase();
    let mailbox = world.mailbox();
    for id in mailbox.ids(&capitals, CONFIRMATION_SUBJECT).await {
        let mail = mailbox.mail(&id).await;
        assert!(!mail.to.contains(&capitals), "{mail:?}");
    }
}

#[then(expr = "the confirmation mail to {actor} has the subject {string}")]
async fn has_subject(world: &mut Pennypost, person: Actor, subject: String) {
    let mail = confirmation_mail(world, &person.0, 1).await;
    assert_eq!(mail.subject, subject);
}

#[then(
    expr = "the confirmation mail to {actor} has the same confirmation link in its text and in its HTML"
)]
async fn same_link_in_both_parts(world: &mut Pennypost, person: Actor) {
    let mail = confirmation_mail(world, &person.0, 1).await;
    let in_text = confirmation_links(&mail.text);
    let in_html: HashSet<String> = confirmation_links(&mail.html).into_iter().collect();
    assert_eq!(in_text.len(), 1, "{mail:?}");
    assert_eq!(in_html, HashSet::from_iter(in_text.clone()), "{mail:?}");
    if let Some(public_url) = world.system.public_url() {
        assert!(in_text[0].starts_with(public_url.as_str()), "{mail:?}");
    }
}

#[then(expr = "the confirmation mail to {actor} is addressed exactly as she wrote it")]
async fn addressed_as_written(world: &mut Pennypost, person: Actor) {
    let mail = confirmation_mail(world, &person.0, 1).await;
    assert_eq!(mail.to, [world.address(&person.0)]);
}

#[then(expr = "the confirmation links of {actor} are all different")]
async fn links_differ(world: &mut Pennypost, person: Actor) {
    let address = world.address(&person.0);
    let mailbox = world.mailbox();
    let ids = mailbox.ids(&address, CONFIRMATION_SUBJECT).await;
    let mut links = HashSet::new();
    for id in &ids {
        links.extend(confirmation_links(&mailbox.mail(id).await.text));
    }
    assert_eq!(links.len(), ids.len());
}
