//! The destinations of one call, within SES's limits.

use aws_sdk_sesv2::{
    error::BuildError,
    types::{
        BulkEmailEntry, Destination, MessageHeader, MessageTag, ReplacementEmailContent,
        ReplacementTemplate,
    },
};

use super::{
    super::{IssueCall, MailTags, Reader, address::address},
    INCOMPLETE,
    template::values,
};

/// The most destinations of a call. Source: SES API v2, SendBulkEmail.
pub(super) const MAX_ENTRIES: u16 = 50;
/// The most headers of an entry. Source: SES API v2, BulkEmailEntry.
const MAX_HEADERS: usize = 15;
/// The longest value of a header. Source: SES API v2, MessageHeader.
const MAX_HEADER_VALUE: usize = 995;
/// The longest name and value of a header together. Source: the same.
const MAX_HEADER: usize = 996;
/// The most bytes of one reader's values: enough for the longest names and links.
const MAX_VALUES: usize = 32 * 1_024;
/// What an entry takes of a request beside its values, at the most: an address,
/// headers, tags, and the JSON around them.
const AROUND_VALUES: usize = 2 * 1_024 + 512;

/// The entry for `reader`, and how many bytes of a request it takes at the most.
///
/// # Errors
/// Why this reader cannot be mailed to; it holds no address.
pub(super) fn entry(
    call: &IssueCall<'_>,
    reader: &Reader<'_>,
    stage: &str,
) -> Result<(BulkEmailEntry, usize), &'static str> {
    let values = values(reader).map_err(|_| INCOMPLETE)?;
    if values.len() > MAX_VALUES {
        return Err("the reader's name or link is too long");
    }
    let size = AROUND_VALUES + in_json(&values);
    let content = ReplacementEmailContent::builder().replacement_template(
        ReplacementTemplate::builder()
            .replacement_template_data(values)
            .build(),
    );
    let of = call.issue.tags(reader, (call.shard, call.claim));
    let entry = BulkEmailEntry::builder()
        .destination(destination(reader.email)?)
        .replacement_email_content(content.build())
        .set_replacement_headers(Some(headers(call, reader)?))
        .set_replacement_tags(Some(tags(&of, stage).map_err(|_| INCOMPLETE)?));
    Ok((entry.build(), size))
}

/// How many bytes `text` has as a JSON string.
pub(super) fn in_json(text: &str) -> usize {
    // An escaped character has six bytes at the most.
    serde_json::to_string(text).map_or(6 * text.len(), |it| it.len())
}

/// Where a mail to `email` goes. SES takes ASCII alone: it has no SMTPUTF8.
pub(super) fn destination(email: &str) -> Result<Destination, &'static str> {
    const BAD: &str = "the address cannot be mailed to";
    let address = address(email).map_err(|_| BAD)?;
    let text: &str = address.as_ref();
    if !text.is_ascii() {
        return Err(BAD);
    }
    Ok(Destination::builder().to_addresses(text).build())
}

fn headers(call: &IssueCall<'_>, reader: &Reader<'_>) -> Result<Vec<MessageHeader>, &'static str> {
    const BAD: &str = "a header of the mail cannot be written";
    let headers = call.issue.headers(reader);
    if headers.len() > MAX_HEADERS {
        return Err(BAD);
    }
    let each = headers.into_iter().map(|(name, value)| {
        let printable = |c: char| c == ' ' || c.is_ascii_graphic();
        let fits = value.len() <= MAX_HEADER_VALUE && name.len() + value.len() <= MAX_HEADER;
        if value.is_empty() || !fits || !value.chars().all(printable) {
            return Err(BAD);
        }
        let header = MessageHeader::builder().name(name).value(value);
        header.build().map_err(|_| BAD)
    });
    each.collect()
}

/// The tags of a mail of `stage`.
pub(super) fn tags(mail: &MailTags, stage: &str) -> Result<Vec<MessageTag>, BuildError> {
    let each = mail.pairs(stage).into_iter().map(|(name, value)| {
        let tag = MessageTag::builder().name(name).value(value);
        tag.build()
    });
    each.collect()
}
