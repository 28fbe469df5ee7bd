//! Addresses, for headers and SMTP commands.

use lettre::Address;

use super::InvalidEmail;

/// The longest address.
/// Source: RFC 5321, section 4.5.3.1.3 (a path of 256 with its brackets).
const MAX_BYTES: usize = 254;

/// `text` as an address for lettre, whose own grammar refuses some that a
/// browser's e-mail field accepts (`a..b@x.org`). What could end a header or
/// an SMTP path is refused, and nothing else: whether such an address takes
/// mail is the mail side's to say.
pub(super) fn address(text: &str) -> Result<Address, InvalidEmail> {
    let (user, domain) = text.rsplit_once('@').ok_or(InvalidEmail::Address)?;
    let safe = |part: &str| {
        !part.is_empty()
            && !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>()[]\",;:\\".contains(c))
    };
    if text.len() > MAX_BYTES || !safe(user) || !safe(domain) {
        return Err(InvalidEmail::Address);
    }
    Ok(Address::new_dangerous(user, domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_accepts_is_kept_as_it_was_typed() {
        for text in [
            "a..b@x.org",
            ".dot@x.org",
            "Ann+News@Example.COM",
            "o'neil{x}|/=?^`~@a-b.example",
        ] {
            assert_eq!(address(text).map(|a| a.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_could_end_a_header_or_a_path_is_refused() {
        for text in [
            "",
            "@",
            "a@",
            "@b",
            "nobody",
            "a b@c.example",
            "a@c.example\r\nBcc: x@y.example",
            "<a@b.example>",
            "a>@b.example",
            "a,b@c.example",
            "a@b.example>",
            "\u{7f}@b.example",
        ] {
            assert_eq!(address(text).err(), Some(InvalidEmail::Address), "{text:?}");
        }
        let long = format!("{}@b.example", "a".repeat(MAX_BYTES));
        assert!(address(&long).is_err());
    }
}
