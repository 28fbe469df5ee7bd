//! An issue as one reader's mail.

use contracts::Personal;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Email, Sender,
    html::{escape, with_footer, with_preheader},
    placeholders::fill,
};
use crate::domain::recipient::Contact;

/// What an issue says to everybody.
#[derive(Debug, Clone)]
pub(crate) struct IssueMail {
    pub(crate) issue_id: Uuid,
    pub(crate) title: String,
    /// What mail programs show beside the subject. It goes to the HTML part
    /// alone: the text part has no place that is seen there and not in the text.
    pub(crate) preheader: Option<String>,
    /// The display name that takes the place of the usual sender's.
    pub(crate) sender_name: Option<Personal>,
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
        from: match &issue.sender_name {
            Some(name) => from.named(name.expose()),
            None => from.clone(),
        },
        to: Personal::new(&contact.email),
        subject: issue.title.clone(),
        text: text(from.newsletter(), &issue.text, contact),
        html: html(from.newsletter(), issue, contact),
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

fn html(newsletter: &str, issue: &IssueMail, contact: &Contact) -> String {
    let url = escape(&contact.unsubscribe_url);
    let values = [
        ("name", &*escape(&contact.name)),
        ("unsubscribe_url", &*url),
    ];
    let content = fill(&issue.html, &values);
    let footer = format!(
        "<hr>\n\
         <p>You get this mail because you subscribed to {}.\n\
         <a href=\"{url}\">Unsubscribe</a></p>",
        escape(newsletter)
    );
    let mail = with_footer(&content, &footer);
    match &issue.preheader {
        // Escaping leaves braces, and so placeholders, as they are.
        Some(preheader) => with_preheader(&mail, &fill(&escape(preheader), &values)),
        None => mail,
    }
}
