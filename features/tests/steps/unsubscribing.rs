//! Leaving.

use cucumber::{given, when};
use reqwest::{
    header::{ORIGIN, REFERER},
    multipart,
};

use super::{confirming, publishing};
use crate::world::{Actor, Answer, Pennypost, path_of, unsubscribe_links, until};

/// The one field of an RFC 8058 one-click request.
const ONE_CLICK: (&str, &str) = ("List-Unsubscribe", "One-Click");

/// The unsubscribe link in the latest issue that `person` got.
pub(crate) async fn unsubscribe_link(world: &mut Pennypost, person: &str) -> String {
    let address = world.address(person);
    let subject = world.latest_title();
    let mailbox = world.mailbox();
    let id = until("an issue to unsubscribe from", || async {
        mailbox.ids(&address, &subject).await.pop()
    })
    .await;
    let links = unsubscribe_links(&mailbox.mail(&id).await.text);
    links.into_iter().next().expect("an issue has a link")
}

#[given(expr = "{actor} has unsubscribed")]
async fn has_unsubscribed(world: &mut Pennypost, person: Actor) {
    confirming::has_confirmed(world, person.clone()).await;
    publishing::has_published(world, Actor("admin".to_owned()), "A last issue".to_owned()).await;
    presses_button(world, person).await;
    assert_eq!(world.answer().status.as_u16(), 200);
}

#[when(expr = "{actor} opens the unsubscribe link")]
async fn opens_link(world: &mut Pennypost, person: Actor) {
    let link = unsubscribe_link(world, &person.0).await;
    let answer = world.browser(&person.0).get(&path_of(&link)).await;
    world.answered(answer);
}

#[when(expr = "{actor} presses the unsubscribe button")]
async fn presses_button(world: &mut Pennypost, person: Actor) {
    let link = unsubscribe_link(world, &person.0).await;
    let browser = world.browser(&person.0);
    let answer = browser.post_form(&path_of(&link), &[]).await;
    world.answered(answer);
}

#[when(
    expr = "{actor} presses the unsubscribe button of {actor} with one letter of the link changed"
)]
async fn presses_changed_button(world: &mut Pennypost, actor: Actor, person: Actor) {
    let link = unsubscribe_link(world, &person.0).await;
    let start = link.find("token=").expect("the link has a token") + "token=".len();
    let middle = start + (link.len() - start) / 2;
    let other = if &link[middle..=middle] == "a" {
        "b"
    } else {
        "a"
    };
    let changed = format!("{}{other}{}", &link[..middle], &link[middle + 1..]);
    let browser = world.browser(&actor.0);
    let answer = browser.post_form(&path_of(&changed), &[]).await;
    world.answered(answer);
}

#[when(expr = "{actor} unsubscribes {actor} with one click, as a multipart form")]
async fn one_click_multipart(world: &mut Pennypost, provider: Actor, person: Actor) {
    let path = path_of(&unsubscribe_link(world, &person.0).await);
    let form = multipart::Form::new().text(ONE_CLICK.0, ONE_CLICK.1);
    let request = world.browser(&provider.0).request_to_post(&path);
    let answer = Answer::to(from_another_site(request).multipart(form)).await;
    world.answered(answer);
}

#[when(expr = "{actor} unsubscribes {actor} with one click, as an ordinary form")]
async fn one_click_form(world: &mut Pennypost, provider: Actor, person: Actor) {
    let path = path_of(&unsubscribe_link(world, &person.0).await);
    let request = world.browser(&provider.0).request_to_post(&path);
    let answer = Answer::to(from_another_site(request).form(&[ONE_CLICK])).await;
    world.answered(answer);
}

/// As a web mail's page would send it.
fn from_another_site(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    request
        .header(ORIGIN, "https://mail.example")
        .header(REFERER, "https://mail.example/inbox")
        .header("Sec-Fetch-Site", "cross-site")
        .header("Sec-Fetch-Mode", "no-cors")
}
