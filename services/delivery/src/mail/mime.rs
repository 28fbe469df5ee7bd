//! A mail as the message that goes over the wire (RFC 5322, MIME).

use std::time::SystemTime;

use lettre::{
    Message,
    address::Envelope,
    message::{
        Mailboxes, MultiPart, SinglePart,
        header::{From, Header, HeaderName, HeaderValue},
    },
};

use super::{
    Email, InvalidEmail, Sender,
    address::address,
    encoded_word::{encode, looks_encoded},
};

/// The longest line of a message, without its end.
/// Source: RFC 5322, section 2.1.1.
const MAX_LINE: usize = 998;
/// Where a line had better end.
const GOOD_LINE: usize = 78;

impl Email {
    /// The message: `multipart/alternative` in UTF-8.
    ///
    /// # Errors
    /// See [`InvalidEmail`].
    pub fn to_mime(&self) -> Result<Message, InvalidEmail> {
        let to = address(self.to.expose())?;
        let envelope = Envelope::new(Some(self.from.mailbox().email.clone()), vec![to])
            .map_err(|_| InvalidEmail::Composition)?;
        let mut message = Message::builder()
            .raw_header(from(&self.from))
            .raw_header(header("To", self.to.expose())?)
            .raw_header(subject(&self.subject))
            .date(SystemTime::from(self.date))
            .raw_header(header("Message-ID", &format!("<{}>", self.message_id))?)
            .envelope(envelope);
        for (name, value) in &self.headers {
            message = message.raw_header(header(name, value)?);
        }
        message
            .multipart(
                MultiPart::alternative()
                    .singlepart(SinglePart::plain(self.text.clone()))
                    .singlepart(SinglePart::html(self.html.clone())),
            )
            .map_err(|_| InvalidEmail::Composition)
    }
}

fn subject(text: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Subject");
    let text = one_line(text);
    if looks_encoded(&text) {
        let encoded = encode(&text);
        HeaderValue::dangerous_new_pre_encoded(name, text, encoded)
    } else {
        HeaderValue::new(name, text)
    }
}

fn from(sender: &Sender) -> HeaderValue {
    let plain = From::from(Mailboxes::from(sender.mailbox().clone()));
    match sender.name() {
        // Within quotation marks, too, mailboxes take it for encoded.
        Some(name) if looks_encoded(name) => HeaderValue::dangerous_new_pre_encoded(
            From::name(),
            sender.mailbox().to_string(),
            format!("{}\r\n <{}>", encode(name), sender.address()),
        ),
        _ => plain.display(),
    }
}

/// A header whose value goes out exactly as it is: encoding or folding inside
/// it would break a URL. It starts on a line of its own if it is long.
fn header(name: &'static str, value: &str) -> Result<HeaderValue, InvalidEmail> {
    let printable = |c: char| c == ' ' || c.is_ascii_graphic();
    if value.is_empty() || value.len() >= MAX_LINE || !value.chars().all(printable) {
        return Err(InvalidEmail::Header(name));
    }
    let fits = name.len() + ": ".len() + value.len() <= GOOD_LINE;
    let encoded = if fits {
        value.to_owned()
    } else {
        format!("\r\n {value}")
    };
    Ok(HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        value.to_owned(),
        encoded,
    ))
}

/// `text` without what could end the line.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
