//! Who the mails are from.

use std::str::FromStr;

use lettre::message::Mailbox;

/// A parsed `Name <address>`, or a bare address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    mailbox: Mailbox,
}

/// The text names no sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSender {
    /// It has another form.
    #[error("a sender is written as `Name <address>` or as a bare address")]
    Form,
    /// It has a control character, which could end a header.
    #[error("a sender must not hold control characters")]
    Control,
    /// A quotation mark has no partner, or something stands beside the quotes.
    #[error(
        "a name in quotes begins and ends with them, as in `\"Name\" <address>`, and has \
         further ones only as `\\\"`"
    )]
    Quotes,
}

impl Sender {
    /// The name, where there is one: also the newsletter's name.
    pub fn name(&self) -> Option<&str> {
        self.mailbox.name.as_deref()
    }

    /// The address.
    pub fn address(&self) -> &str {
        self.mailbox.email.as_ref()
    }

    /// The address's part after the `@`.
    pub fn domain(&self) -> &str {
        self.mailbox.email.domain()
    }

    /// The same address under another name; a blank one changes nothing.
    pub(crate) fn named(&self, name: &str) -> Self {
        let name = name.replace(char::is_control, " ");
        match name.trim() {
            "" => self.clone(),
            name => Self {
                mailbox: Mailbox {
                    name: Some(name.to_owned()),
                    email: self.mailbox.email.clone(),
                },
            },
        }
    }

    /// What the newsletter is called in a mail.
    pub(crate) fn newsletter(&self) -> &str {
        self.name().unwrap_or_else(|| self.domain())
    }

    pub(super) fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }
}

impl FromStr for Sender {
    type Err = BadSender;

    /// # Errors
    /// See [`BadSender`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().any(char::is_control) {
            return Err(BadSender::Control);
        }
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>') {
            None => ("", text),
            Some(text) => text.rsplit_once('<').ok_or(BadSender::Form)?,
        };
        let name = display_name(name.trim())?;
        Ok(Self {
            mailbox: Mailbox {
                name: (!name.is_empty()).then_some(name),
                email: address.parse().map_err(|_| BadSender::Form)?,
            },
        })
    }
}

/// The name that `text` means, in quotes or not.
/// Source: RFC 5322, section 3.2.4 (quoted strings).
fn display_name(text: &str) -> Result<String, BadSender> {
    let Some(quoted) = text.strip_prefix('"') else {
        return match text.contains('"') {
            true => Err(BadSender::Quotes),
            false => Ok(text.to_owned()),
        };
    };
    let mut name = String::with_capacity(quoted.len());
    let mut rest = quoted.chars();
    loop {
        match rest.next().ok_or(BadSender::Quotes)? {
            '"' if rest.as_str().is_empty() => return Ok(name.trim().to_owned()),
            '"' => return Err(BadSender::Quotes),
            '\\' => name.push(rest.next().ok_or(BadSender::Quotes)?),
            c => name.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_has_a_name_an_address_and_a_domain() {
        let sender: Sender = "Penny Post <news@penny.example>".parse().expect("valid");
        assert_eq!(sender.name(), Some("Penny Post"));
        assert_eq!(sender.address(), "news@penny.example");
        assert_eq!(sender.domain(), "penny.example");
        assert_eq!(sender.newsletter(), "Penny Post");
    }

    #[test]
    fn a_sender_under_another_name_keeps_the_address_and_no_line_end() {
        let sender: Sender = "Penny Post <news@penny.example>".parse().expect("valid");
        let named = sender.named(" Ursula\r\nBcc: x@y.example ");
        assert_eq!(named.name(), Some("Ursula  Bcc: x@y.example"));
        assert_eq!(named.address(), "news@penny.example");
        assert_eq!(sender.named(" \n"), sender);
    }

    #[test]
    fn a_bare_address_is_a_sender_and_its_domain_names_the_newsletter() {
        let sender: Sender = "news@pennypost.localhost".parse().expect("valid");
        assert_eq!(sender.name(), None);
        assert_eq!(sender.newsletter(), "pennypost.localhost");
    }

    #[test]
    fn a_name_in_quotes_is_what_stands_between_them() {
        for (text, name) in [
            (r#""Penny, Post" <a@b.example>"#, Some("Penny, Post")),
            (
                r#""The \"Penny\" \\ Post" <a@b.example>"#,
                Some(r#"The "Penny" \ Post"#),
            ),
            (r#""a <b" <a@b.example>"#, Some("a <b")),
            (r#""" <a@b.example>"#, None),
            ("Penny, Post <a@b.example>", Some("Penny, Post")),
        ] {
            let sender: Sender = text.parse().expect(text);
            assert_eq!(sender.name(), name, "{text}");
        }
    }

    #[test]
    fn what_names_no_sender_or_breaks_a_header_is_refused() {
        for (text, error) in [
            ("", BadSender::Form),
            ("nobody", BadSender::Form),
            ("A <b", BadSender::Form),
            ("A\r\nBcc: x@y.example <a@b.example>", BadSender::Control),
            (r#""A <a@b.example>"#, BadSender::Quotes),
            (r#"A" <a@b.example>"#, BadSender::Quotes),
            (r#"A "B" <a@b.example>"#, BadSender::Quotes),
            (r#""A" B <a@b.example>"#, BadSender::Quotes),
            (r#""A\" <a@b.example>"#, BadSender::Quotes),
        ] {
            assert_eq!(text.parse::<Sender>().err(), Some(error), "{text:?}");
        }
    }
}
