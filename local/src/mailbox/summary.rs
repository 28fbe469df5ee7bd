//! What a list tells of a mail.

use std::fmt;

use mail_parser::{Addr, MessagePart, MimeHeaders, PartType};
use serde::{Deserialize, Serialize};

use super::SNIPPET_CHARS;

/// A name and an address, as Mailpit writes them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Address {
    /// Empty if there is none.
    pub name: String,
    /// The bare address.
    pub address: String,
}

/// One mail of a list.
/// Source: <https://mailpit.axllent.org/docs/api-v1/view.html#get-/api/v1/messages>
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Summary {
    /// Names the mail in this mailbox.
    #[serde(rename = "ID")]
    pub id: String,
    /// The `Message-ID` without its angle brackets.
    #[serde(rename = "MessageID")]
    pub message_id: String,
    /// Whether the API has shown it.
    pub read: bool,
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
    /// The subject.
    pub subject: String,
    /// When it arrived (RFC 3339).
    pub created: jiff::Timestamp,
    /// The size in bytes.
    pub size: u64,
    /// How many attachments there are.
    pub attachments: usize,
    /// Nothing puts tags here.
    pub tags: [String; 0],
    /// How the text begins.
    pub snippet: String,
}

/// Which mail it is, and nothing of what it says.
impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Summary")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The addresses of one header.
pub(super) fn addresses(header: Option<&mail_parser::Address<'_>>) -> Vec<Address> {
    header
        .into_iter()
        .flat_map(mail_parser::Address::iter)
        .map(address)
        .collect()
}

fn address(address: &Addr<'_>) -> Address {
    Address {
        name: address.name().unwrap_or_default().to_owned(),
        address: address.address().unwrap_or_default().to_owned(),
    }
}

/// The text part; empty if there is none.
pub(super) fn text(message: &mail_parser::Message<'_>) -> String {
    part_text(message.text_part(0), |part| match part {
        PartType::Text(text) => Some(text),
        _ => None,
    })
}

/// The HTML part; empty if there is none.
pub(super) fn html(message: &mail_parser::Message<'_>) -> String {
    part_text(message.html_part(0), |part| match part {
        PartType::Html(html) => Some(html),
        _ => None,
    })
}

fn part_text<'a, 'x>(
    part: Option<&'a MessagePart<'x>>,
    pick: impl Fn(&'a PartType<'x>) -> Option<&'a std::borrow::Cow<'x, str>>,
) -> String {
    part.and_then(|part| pick(&part.body))
        .map(|text| text.to_string())
        .unwrap_or_default()
}

/// How `text` begins, in one line.
pub(super) fn snippet(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(SNIPPET_CHARS).collect()
}

/// Name and type of an attachment.
pub(super) fn file_name(part: &MessagePart<'_>) -> String {
    part.attachment_name().unwrap_or_default().to_owned()
}

/// The media type of a part.
pub(super) fn content_type(part: &MessagePart<'_>) -> String {
    match part.content_type() {
        Some(content_type) => match content_type.subtype() {
            Some(subtype) => format!("{}/{subtype}", content_type.ctype()),
            None => content_type.ctype().to_owned(),
        },
        None => "application/octet-stream".to_owned(),
    }
}
