//! One mail as a whole.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use mail_parser::MessageParser;
use serde::Serialize;

use super::summary::{self, Address};

/// Canonical header names, and the values of each in their order.
pub type Headers = BTreeMap<String, Vec<String>>;

/// A mail with its content.
/// Source: <https://mailpit.axllent.org/docs/api-v1/view.html#get-/api/v1/message/-ID->
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    /// Names the mail in this mailbox.
    #[serde(rename = "ID")]
    pub id: String,
    /// The `Message-ID` without its angle brackets.
    #[serde(rename = "MessageID")]
    pub message_id: String,
    /// The sender.
    pub from: Address,
    /// The readers.
    pub to: Vec<Address>,
    /// Readers of a copy.
    pub cc: Vec<Address>,
    /// Hidden readers of a copy.
    pub bcc: Vec<Address>,
    /// Where answers go.
    pub reply_to: Vec<Address>,
    /// Where bounces go.
    pub return_path: String,
    /// The subject.
    pub subject: String,
    /// How to unsubscribe.
    pub list_unsubscribe: ListUnsubscribe,
    /// The `Date`; without one, when it arrived.
    pub date: Timestamp,
    /// Nothing puts tags here.
    pub tags: [String; 0],
    /// Nobody signs in here.
    pub username: String,
    /// The text part; empty if there is none.
    pub text: String,
    /// The HTML part; empty if there is none.
    #[serde(rename = "HTML")]
    pub html: String,
    /// The size in bytes.
    pub size: u64,
    /// Attachments that are shown within the HTML: none are told apart.
    pub inline: [Attachment; 0],
    /// What is attached.
    pub attachments: Vec<Attachment>,
}

/// The headers of RFC 2369 and RFC 8058.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUnsubscribe {
    /// `List-Unsubscribe`.
    pub header: String,
    /// The URLs in it.
    pub links: Vec<String>,
    /// What is wrong with it: it is not checked.
    pub errors: String,
    /// `List-Unsubscribe-Post`.
    pub header_post: String,
}

/// An attachment, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attachment {
    /// Its place in the mail.
    #[serde(rename = "PartID")]
    pub part_id: String,
    /// Its name.
    pub file_name: String,
    /// Its media type.
    pub content_type: String,
    /// The size in bytes.
    pub size: usize,
}

/// Which mail it is, and nothing of what it says.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Message {
    /// Reads the mail `raw` that arrived at `created` under `id`. What cannot
    /// be read is empty: a mailbox shows broken mails too.
    pub(super) fn parse(id: String, created: Timestamp, raw: &[u8]) -> Self {
        let Some(message) = MessageParser::default().parse(raw) else {
            return Self {
                id,
                date: created,
                size: raw.len() as u64,
                ..Self::default()
            };
        };
        let headers = headers(raw);
        Self {
            id,
            message_id: message.message_id().unwrap_or_default().to_owned(),
            from: summary::addresses(message.from())
                .into_iter()
                .next()
                .unwrap_or_default(),
            to: summary::addresses(message.to()),
            cc: summary::addresses(message.cc()),
            bcc: summary::addresses(message.bcc()),
            reply_to: summary::addresses(message.reply_to()),
            return_path: message.return_address().unwrap_or_default().to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            list_unsubscribe: list_unsubscribe(&headers),
            date: message
                .date()
                .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok())
                .unwrap_or(created),
            tags: [],
            username: String::new(),
            text: summary::text(&message),
            html: summary::html(&message),
            size: raw.len() as u64,
            inline: [],
            attachments: attachments(&message),
        }
    }
}

fn attachments(message: &mail_parser::Message<'_>) -> Vec<Attachment> {
    let parts = message.attachments().enumerate();
    parts
        .map(|(number, part)| Attachment {
            part_id: (number + 1).to_string(),
            file_name: summary::file_name(part),
            content_type: summary::content_type(part),
            size: part.len(),
        })
        .collect()
}

fn list_unsubscribe(headers: &Headers) -> ListUnsubscribe {
    let first = |name: &str| {
        let mut values = headers.get(name).into_iter().flatten();
        values.next().cloned().unwrap_or_default()
    };
    let header = first("List-Unsubscribe");
    let links = header
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(link, _)| link.to_owned())
        .collect();
    ListUnsubscribe {
        links,
        header,
        errors: String::new(),
        header_post: first("List-Unsubscribe-Post"),
    }
}

/// The headers of the mail `raw`, unfolded (RFC 5322, section 2.2.3) and
/// otherwise as they went over the wire.
pub(super) fn headers(raw: &[u8]) -> Headers {
    let text = String::from_utf8_lossy(raw);
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines().take_while(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((canonical(name), value.trim().to_owned()));
        }
    }
    let mut headers = Headers::new();
    for (name, value) in fields {
        headers.entry(name).or_default().push(value);
    }
    headers
}

/// `list-unsubscribe` as `List-Unsubscribe`: the form of Go's `textproto`,
/// which clients of Mailpit look headers up by.
fn canonical(name: &str) -> String {
    let words = name.trim().split('-').map(|word| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| {
            first.to_ascii_uppercase().to_string() + &chars.as_str().to_ascii_lowercase()
        })
    });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: &[u8] = b"From: =?utf-8?b?UMOpbm55?= <news@penny.example>\r\n\
        To: Ann@Example.COM\r\n\
        subject: =?utf-8?q?Caf=C3=A9?=\r\n\
        MIME-Version: 1.0\r\n\
        Message-ID: <1@penny.example>\r\n\
        Date: Sun, 22 Nov 2026 15:00:00 +0000\r\n\
        List-Unsubscribe:\r\n <http://localhost/u?token=T>\r\n\
        List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
        Content-Type: multipart/alternative; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n\
        --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n--b--\r\n";

    #[test]
    fn a_mail_is_read_with_both_parts() {
        let message = Message::parse("1".to_owned(), Timestamp::UNIX_EPOCH, RAW);
        assert_eq!(message.subject, "Café");
        assert_eq!(message.from.name, "Pénny");
        assert_eq!(message.to[0].address, "Ann@Example.COM");
        assert_eq!(message.text.trim(), "Hello");
        assert_eq!(message.html.trim(), "<p>Hello</p>");
        assert_eq!(message.message_id, "1@penny.example");
        assert_eq!(message.date.to_string(), "2026-11-22T15:00:00Z");
        assert_eq!(
            message.list_unsubscribe.links,
            ["http://localhost/u?token=T"]
        );
        assert!(message.attachments.is_empty());
        assert_eq!(format!("{message:?}"), "Message { id: \"1\", .. }");
    }

    #[test]
    fn headers_are_unfolded_under_canonical_names() {
        let headers = headers(RAW);
        assert_eq!(headers["Mime-Version"], ["1.0"]);
        assert_eq!(headers["Message-Id"], ["<1@penny.example>"]);
        assert_eq!(headers["Subject"], ["=?utf-8?q?Caf=C3=A9?="]);
        assert_eq!(
            headers["List-Unsubscribe"],
            ["<http://localhost/u?token=T>"]
        );
        assert!(!headers.contains_key("--b"));
    }

    #[test]
    fn what_is_no_mail_is_shown_empty() {
        for raw in [&b""[..], b"\r\n", b"\xff\xfe", b"no header at all"] {
            let message = Message::parse("1".to_owned(), Timestamp::UNIX_EPOCH, raw);
            assert_eq!(message.subject, "");
            assert_eq!(message.date, Timestamp::UNIX_EPOCH);
        }
    }
}
