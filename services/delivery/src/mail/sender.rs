//! Who the mails are from.

use std::str::FromStr;

use lettre::message::Mailbox;

/// A parsed `Name <address>`, or a bare address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    mailbox: Mailbox,
}

/// The text names no sender.
#[derive(Debug, thiserror::Error)]
#[error("a sender is written as `Name <address>` or as a bare address")]
pub struct BadSender;

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
    /// [`BadSender`] if it is neither form, or holds a control character.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().any(char::is_control) {
            return Err(BadSender);
        }
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>') {
            None => ("", text),
            Some(text) => text.rsplit_once('<').ok_or(BadSender)?,
        };
        let name = name.trim().trim_matches('"');
        Ok(Self {
            mailbox: Mailbox {
                name: (!name.is_empty()).then(|| name.to_owned()),
                email: address.parse().map_err(|_| BadSender)?,
            },
        })
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
    fn a_bare_address_is_a_sender_and_its_domain_names_the_newsletter() {
        let sender: Sender = "news@pennypost.localhost".parse().expect("valid");
        assert_eq!(sender.name(), None);
        assert_eq!(sender.newsletter(), "pennypost.localhost");
    }

    #[test]
    fn what_names_no_sender_or_breaks_a_header_is_refused() {
        for text in ["", "nobody", "A <b", "A\r\nBcc: x@y.example <a@b.example>"] {
            assert!(text.parse::<Sender>().is_err(), "{text:?}");
        }
    }
}
