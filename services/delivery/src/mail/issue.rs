//! An issue as one reader's mail.

use contracts::Personal;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Email, Sender,
    html::{escape, with_footer},
    placeholders::fill,
};
use crate::domain::recipient::Contact;

/// What an issue says to everybody.
#[derive(Debug, Clone)]
pub(crate) struct IssueMail {
    pub(crate) issue_id: Uuid,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// The issue, addressed to one subscriber.
pub(crate) fn issue(
    from: &Sender,
    issue: &IssueMail,
    contact: &Contact,
    subscriber_id: Uuid,
    now: Timestamp,
) -> Email {
    Email {
        message_id: format!("{}.{subscriber_id}@{}", issue.issue_id, from.domain()),
        date: now,
        from: from.clone(),
        to: Personal::new(&contact.email),
        subject: issue.title.clone(),
        text: text(from.newsletter(), &issue.text, contact),
        html: html(from.newsletter(), &issue.html, contact),
        headers: vec![
            // RFC 2919
            ("List-Id", format!("<newsletter.{}>", from.domain())),
            // RFC 2369, and RFC 8058 for the button in a mailbox
            ("List-Unsubscribe", format!("<{}>", contact.unsubscribe_url)),
            (
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ),
        ],
    }
}

fn text(newsletter: &str, content: &str, contact: &Contact) -> String {
    let url = &contact.unsubscribe_url;
    let filled = fill(
        content,
        &[("name", &contact.name), ("unsubscribe_url", url)],
    );
    format!(
        "{filled}\n\
         \n\
         -- \n\
         You get this mail because you subscribed to {newsletter}.\n\
         Unsubscribe: {url}\n"
    )
}

fn html(newsletter: &str, content: &str, contact: &Contact) -> String {
    let url = escape(&contact.unsubscribe_url);
    let filled = fill(
        content,
        &[("name", &escape(&contact.name)), ("unsubscribe_url", &url)],
    );
    let footer = format!(
        "<hr>\n\
         <p>You get this mail because you subscribed to {}.\n\
         <a href=\"{url}\">Unsubscribe</a></p>",
        escape(newsletter)
    );
    with_footer(&filled, &footer)
}
