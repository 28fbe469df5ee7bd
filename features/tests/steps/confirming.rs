//! Opening the links of confirmation mails.

use cucumber::{given, when};
use futures::future::join_all;
use reqwest::Url;

use super::{mails, subscribing, unsubscribing};
use crate::world::{Actor, Pennypost, confirmation_links, path_of};

/// Where the link in the `number`th confirmation mail to `person` leads.
async fn confirmation_path(world: &mut Pennypost, person: &str, number: usize) -> String {
    let mail = mails::confirmation_mail(world, person, number).await;
    let links = confirmation_links(&mail.text);
    path_of(links.first().expect("a confirmation mail has a link"))
}

#[given(expr = "{actor} has confirmed")]
pub(crate) async fn has_confirmed(world: &mut Pennypost, person: Actor) {
    let answer = subscribing::subscribe(world, &person.0).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let path = confirmation_path(world, &person.0, 1).await;
    let answer = world.browser(&person.0).get(&path).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
}

#[when(expr = "{actor} opens the confirmation link")]
async fn opens_link(world: &mut Pennypost, person: Actor) {
    opens_link_of_mail(world, person, 1).await;
}

#[given(expr = "{actor} opens the confirmation link of mail {int}")]
#[when(expr = "{actor} opens the confirmation link of mail {int}")]
async fn opens_link_of_mail(world: &mut Pennypost, person: Actor, number: usize) {
    let path = confirmation_path(world, &person.0, number).await;
    let answer = world.browser(&person.0).get(&path).await;
    world.answered(answer);
}

#[when(expr = "{actor} opens the confirmation link {int} times at the same moment")]
async fn opens_link_at_once(world: &mut Pennypost, person: Actor, times: usize) {
    let path = confirmation_path(world, &person.0, 1).await;
    let browser = world.browser(&person.0);
    let answers = join_all((0..times).map(|_| browser.get(&path))).await;
    world.answered_all(answers);
}

#[when(expr = "{actor} tries to confirm {actor} by her address")]
async fn tries_by_address(world: &mut Pennypost, actor: Actor, person: Actor) {
    let address = world.address(&person.0);
    subscribing::subscribe(world, &person.0).await;
    tries_token(world, &actor, &address).await;
}

#[when(expr = "{actor} tries to confirm with the unsubscribe token of {actor}")]
async fn tries_unsubscribe_token(world: &mut Pennypost, actor: Actor, person: Actor) {
    let link = unsubscribing::unsubscribe_link(world, &person.0).await;
    let link = Url::parse(&link).expect("a link is a URL");
    let token = link.query_pairs().find(|(name, _)| name == "token");
    let (_, token) = token.expect("an unsubscribe link has a token");
    tries_token(world, &actor, &token).await;
}

async fn tries_token(world: &mut Pennypost, actor: &Actor, token: &str) {
    let mut url = world.system.url().clone();
    url.set_path("/subscriptions/confirm");
    url.query_pairs_mut()
        .append_pair("subscription_token", token);
    let answer = world.browser(&actor.0).get(&path_of(url.as_str())).await;
    world.answered(answer);
}
