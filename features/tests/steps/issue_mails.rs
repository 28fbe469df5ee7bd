//! The mails of issues.

use cucumber::then;

use super::{mails, publishing};
use crate::world::{Actor, Mail, Pennypost, unescaped, unsubscribe_links};

/// The one mail of the issue that the scenario calls `title` to `person`.
async fn mail_of(world: &mut Pennypost, title: &str, person: &str) -> Mail {
    let subject = world.title(title);
    let ids = mails::at_least(world, person, &subject, 1).await;
    world.mailbox().mail(&ids[0]).await
}

#[then(expr = "{actor} gets {int} mail(s) of the issue {string}")]
async fn gets(world: &mut Pennypost, person: Actor, count: usize, title: String) {
    let subject = world.title(&title);
    mails::exactly(world, &person.0, &subject, count).await;
}

#[then(expr = "the text of the issue {string} is in its mail to {actor}")]
async fn has_content(world: &mut Pennypost, title: String, person: Actor) {
    let mail = mail_of(world, &title, &person.0).await;
    let content = publishing::text_content(&world.title(&title));
    for line in content.lines() {
        assert!(mail.text.contains(line), "{mail:?}");
    }
    assert!(mail.html.contains(publishing::HTML_MARK), "{mail:?}");
}

#[then(expr = "the mail of the issue {string} to {actor} has the header {string} with {string}")]
async fn has_header(
    world: &mut Pennypost,
    title: String,
    person: Actor,
    header: String,
    part: String,
) {
    let value = header_of(world, &title, &person, &header).await;
    assert!(value.contains(&part), "{header}: {value}");
}

#[then(
    expr = "the mail of the issue {string} to {actor} has the header {string} with the domain of its sender"
)]
async fn has_sender_domain(world: &mut Pennypost, title: String, person: Actor, header: String) {
    let mail = mail_of(world, &title, &person.0).await;
    let (_, domain) = mail.from.rsplit_once('@').expect("a sender has a domain");
    let value = header_of(world, &title, &person, &header).await;
    assert!(value.ends_with(&format!("{domain}>")), "{header}: {value}");
}

/// The one value of a header.
async fn header_of(world: &mut Pennypost, title: &str, person: &Actor, header: &str) -> String {
    let mail = mail_of(world, title, &person.0).await;
    let mut values = world.mailbox().header(&mail.id, header).await;
    assert_eq!(values.len(), 1, "{header}: {values:?}");
    values.remove(0)
}

#[then(
    expr = "the mail of the issue {string} to {actor} has the same unsubscribe link in its text, its HTML and its header"
)]
async fn same_unsubscribe_link(world: &mut Pennypost, title: String, person: Actor) {
    let mail = mail_of(world, &title, &person.0).await;
    let header = header_of(world, &title, &person, "List-Unsubscribe").await;
    assert!(header.starts_with('<') && header.ends_with('>'), "{header}");
    let in_header = unsubscribe_links(&header);
    assert_eq!(in_header.len(), 1, "{header}");
    assert_eq!(unsubscribe_links(&mail.text), in_header, "{mail:?}");
    assert_eq!(unsubscribe_links(&mail.html), in_header, "{mail:?}");
}

#[then(expr = "the mail of the issue {string} to {actor} previews as {string}")]
async fn previews_as(world: &mut Pennypost, title: String, person: Actor, preheader: String) {
    let mail = mail_of(world, &title, &person.0).await;
    let html = unescaped(&mail.html);
    let preview = html.find(&preheader).expect("the preheader is in the HTML");
    let content = html.find(publishing::HTML_MARK).expect("so is the content");
    assert!(preview < content, "{mail:?}");
    // It is for mail programs, not for those who read the text.
    assert!(!mail.text.contains(&preheader), "{mail:?}");
}

#[then(expr = "the mail of the issue {string} to {actor} hides nothing")]
async fn hides_nothing(world: &mut Pennypost, title: String, person: Actor) {
    let mail = mail_of(world, &title, &person.0).await;
    assert!(!mail.html.contains("display:none"), "{mail:?}");
}

#[then(expr = "the mail of the issue {string} to {actor} holds no HTML {string}")]
async fn holds_no_html(world: &mut Pennypost, title: String, person: Actor, html: String) {
    let mail = mail_of(world, &title, &person.0).await;
    assert!(!mail.html.contains(&html), "{mail:?}");
}

#[then(
    expr = "the mail of the issue {string} to {actor} is from {string} at the address of the confirmation mail"
)]
async fn is_from(world: &mut Pennypost, title: String, person: Actor, name: String) {
    let mail = mail_of(world, &title, &person.0).await;
    let usual = mails::confirmation_mail(world, &person.0, 1).await;
    assert_eq!((mail.from_name, mail.from), (name, usual.from));
}

#[then(
    expr = "the mail of the issue {string} to {actor} is from the same as the confirmation mail"
)]
async fn is_from_the_usual(world: &mut Pennypost, title: String, person: Actor) {
    let mail = mail_of(world, &title, &person.0).await;
    let usual = mails::confirmation_mail(world, &person.0, 1).await;
    assert_eq!((mail.from_name, mail.from), (usual.from_name, usual.from));
}
