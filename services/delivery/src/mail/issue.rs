//! An issue as its readers' mail.

use std::fmt;

use contracts::Personal;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Email, MailTags, Sender,
    html::{escape, with_footer, with_preheader},
    placeholders::{Template, Values},
};

/// What an issue says to everybody, as admins wrote it.
#[derive(Debug, Clone)]
pub(crate) struct IssueContent {
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

/// An issue, ready to be addressed.
#[derive(Debug, Clone)]
pub struct IssueMail {
    pub(super) issue_id: Uuid,
    pub(super) from: Sender,
    pub(super) subject: String,
    pub(super) text: Template,
    pub(super) html: Template,
}

/// One reader of an issue. `Debug` hides who.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// Whom it is.
    pub subscriber_id: Uuid,
    /// The bare address, as it was typed.
    pub email: &'a str,
    /// The reader's name.
    pub name: &'a str,
    /// Where this reader unsubscribes.
    pub unsubscribe_url: &'a str,
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("subscriber_id", &self.subscriber_id)
            .finish_non_exhaustive()
    }
}

impl IssueMail {
    /// `issue` with what each mail has beside its content.
    pub(crate) fn new(from: &Sender, issue: &IssueContent) -> Self {
        let newsletter = from.newsletter();
        Self {
            issue_id: issue.issue_id,
            from: match &issue.sender_name {
                Some(name) => from.named(name.expose()),
                None => from.clone(),
            },
            subject: issue.title.clone(),
            text: text(newsletter, &issue.text),
            html: html(newsletter, issue),
        }
    }

    /// Which issue it is.
    pub fn issue_id(&self) -> Uuid {
        self.issue_id
    }

    /// The mail to one reader, whom the claim of that number in the log of that
    /// shard names.
    pub fn to(&self, reader: &Reader<'_>, (shard, claim): (u16, u64), now: Timestamp) -> Email {
        let domain = self.from.domain();
        Email {
            message_id: format!("{}.{}@{domain}", self.issue_id, reader.subscriber_id),
            date: now,
            from: self.from.clone(),
            to: Personal::new(reader.email),
            subject: self.subject.clone(),
            text: self.text.fill(reader.in_text()),
            html: self.html.fill(Values {
                name: &escape(reader.name),
                unsubscribe_url: &escape(reader.unsubscribe_url),
            }),
            headers: self.headers(reader),
            tags: self.tags(reader, (shard, claim)),
        }
    }

    /// What feedback finds the mail to one reader by.
    pub(super) fn tags(&self, reader: &Reader<'_>, (shard, claim): (u16, u64)) -> MailTags {
        MailTags::Issue {
            issue_id: self.issue_id,
            shard,
            claim,
            subscriber_id: reader.subscriber_id,
        }
    }

    /// The headers that make it a newsletter.
    pub(super) fn headers(&self, reader: &Reader<'_>) -> Vec<(&'static str, String)> {
        vec![
            // RFC 2919
            ("List-Id", format!("<newsletter.{}>", self.from.domain())),
            // RFC 2369, and RFC 8058 for the button in a mailbox
            ("List-Unsubscribe", format!("<{}>", reader.unsubscribe_url)),
            (
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ),
        ]
    }
}

impl<'a> Reader<'a> {
    /// What is put into the text part.
    pub(super) fn in_text(&self) -> Values<'a> {
        Values {
            name: self.name,
            unsubscribe_url: self.unsubscribe_url,
        }
    }
}

fn text(newsletter: &str, content: &str) -> Template {
    let mut text = Template::parse(content);
    text.push_text("\n\n-- \nYou get this mail because you subscribed to ");
    text.push_text(newsletter);
    text.append(Template::parse(".\nUnsubscribe: {{unsubscribe_url}}\n"));
    text
}

fn html(newsletter: &str, issue: &IssueContent) -> Template {
    // No placeholder stands in the newsletter's name, whatever it is.
    let newsletter = escape(newsletter).replace('{', "&#123;");
    let footer = format!(
        "<hr>\n\
         <p>You get this mail because you subscribed to {newsletter}.\n\
         <a href=\"{{{{unsubscribe_url}}}}\">Unsubscribe</a></p>"
    );
    let mail = with_footer(&issue.html, &footer);
    Template::parse(&match &issue.preheader {
        // Escaping leaves braces, and so placeholders, as they are.
        Some(preheader) => with_preheader(&mail, &escape(preheader)),
        None => mail,
    })
}
