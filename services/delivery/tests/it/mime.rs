//! Mails as they go over the wire, read back by another library.

use contracts::Personal;
use delivery::mail::{Email, InvalidEmail};
use mail_parser::{Message, MessageParser};

use crate::support::{mail_tags, start};

fn email() -> Email {
    Email {
        message_id: "one@penny.example".to_owned(),
        date: start(),
        from: "Pénny, Post <news@penny.example>"
            .parse()
            .expect("a sender"),
        to: Personal::new("a..b@x.org"),
        subject: "Grüße 📬 and a title long enough to be folded somewhere in the middle of it"
            .to_owned(),
        text: "Héllo\n.\nlast line".to_owned(),
        html: "<p>Héllo</p>".to_owned(),
        headers: Vec::new(),
        tags: mail_tags(),
    }
}

fn with_parsed(email: &Email, check: impl FnOnce(&Message<'_>, &str)) {
    let raw = email.to_mime().expect("composed").formatted();
    let text = String::from_utf8(raw.clone()).expect("ASCII");
    assert!(text.is_ascii());
    assert!(
        text.split("\r\n")
            .all(|line| line.len() <= 998 && !line.contains(['\r', '\n']))
    );
    check(
        &MessageParser::default().parse(&raw).expect("parsed"),
        &text,
    );
}

#[test]
fn what_is_written_is_what_is_read() {
    let email = email();
    with_parsed(&email, |message, _| {
        assert_eq!(message.subject(), Some(email.subject.as_str()));
        let from = message
            .from()
            .and_then(|from| from.first())
            .expect("a sender");
        assert_eq!(
            (from.name(), from.address()),
            (Some("Pénny, Post"), Some("news@penny.example"))
        );
        let to = message.to().and_then(|to| to.first()).expect("a reader");
        assert_eq!((to.name(), to.address()), (None, Some("a..b@x.org")));
        assert_eq!(message.message_id(), Some("one@penny.example"));
        assert_eq!(
            message.date().map(mail_parser::DateTime::to_timestamp),
            Some(start().as_second())
        );
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            lines(&message.body_text(0).expect("text")),
            ["Héllo", ".", "last line"]
        );
        assert_eq!(
            message.body_html(0).expect("html").trim_end(),
            "<p>Héllo</p>"
        );
        let kind = message.content_type_of_whole();
        assert_eq!(
            kind,
            ("multipart".to_owned(), Some("alternative".to_owned()))
        );
    });
}

trait Whole {
    fn content_type_of_whole(&self) -> (String, Option<String>);
}

impl Whole for Message<'_> {
    fn content_type_of_whole(&self) -> (String, Option<String>) {
        use mail_parser::MimeHeaders;
        let kind = self.content_type().expect("a content type");
        (kind.ctype().to_owned(), kind.subtype().map(str::to_owned))
    }
}

#[test]
fn a_long_unsubscribe_link_survives_in_one_piece() {
    let url = format!(
        "<https://letters.example/subscriptions/unsubscribe?token={}>",
        "abcDEF123-_".repeat(40)
    );
    let mut email = email();
    email.headers.push(("List-Unsubscribe", url.clone()));
    email.headers.push((
        "List-Unsubscribe-Post",
        "List-Unsubscribe=One-Click".to_owned(),
    ));
    with_parsed(&email, |message, text| {
        let raw = message.header_raw("List-Unsubscribe").expect("the header");
        assert_eq!(raw.trim(), url);
        assert!(text.contains(&url));
        assert_eq!(
            message.header_raw("List-Unsubscribe-Post").map(str::trim),
            Some("List-Unsubscribe=One-Click")
        );
    });
}

#[test]
fn nothing_in_a_mail_makes_a_header_of_its_own() {
    let mut email = email();
    email.subject = "Hi\r\nBcc: spy@example.com\n\n\u{0}body".to_owned();
    with_parsed(&email, |message, text| {
        assert!(message.bcc().is_none());
        assert!(!text.contains("\r\nBcc"));
        assert_eq!(message.subject(), Some("Hi  Bcc: spy@example.com   body"));
    });
    email.to = Personal::new("a@x.org\r\nBcc: spy@example.com");
    assert_eq!(email.to_mime().err(), Some(InvalidEmail::Address));
    email.to = Personal::new("a@x.org");
    email.headers.push((
        "List-Unsubscribe",
        "<http://x>\r\nBcc: spy@example.com".to_owned(),
    ));
    assert_eq!(
        email.to_mime().err(),
        Some(InvalidEmail::Header("List-Unsubscribe"))
    );
}

#[test]
fn what_looks_encoded_already_is_read_as_it_was_written() {
    let long = format!("{} and =?utf-8?b?SGk=?= at the end", "wörds ".repeat(30));
    for text in [
        "=?utf-8?q?Spoof=0D=0ABcc=3A_x=40y?=",
        "An issue on =?utf-8?b?SGk=?=",
        "=?",
        long.trim(),
    ] {
        let mut email = email();
        email.subject = text.to_owned();
        email.from = format!("\"{text}\" <news@penny.example>")
            .parse()
            .expect("a sender");
        with_parsed(&email, |message, _| {
            assert_eq!(message.subject(), Some(text));
            let from = message.from().and_then(|from| from.first());
            let from = from.expect("a sender");
            assert_eq!(
                (from.name(), from.address()),
                (Some(text), Some("news@penny.example"))
            );
            assert!(message.bcc().is_none());
        });
    }
}

#[test]
fn whatever_name_it_is_from_is_read_as_it_was_written() {
    for name in [
        "Ursula, of the Post (Ltd.)".to_owned(),
        "ceo@bank.example: [news]; 'x'".to_owned(),
        "Zoë 李 📬".to_owned(),
        "👩‍👩‍👧 ".repeat(20).trim().to_owned(),
        "Long ".repeat(20).trim().to_owned(),
        "x".repeat(100),
        "é".repeat(100),
    ] {
        let mut email = email();
        email.from = format!("\"{name}\" <news@penny.example>")
            .parse()
            .expect("a sender");
        with_parsed(&email, |message, text| {
            let from = message.from().and_then(|from| from.first());
            let from = from.expect("a sender");
            assert_eq!(
                (from.name(), from.address()),
                (Some(name.as_str()), Some("news@penny.example")),
                "{text}"
            );
        });
    }
}

#[test]
fn debugging_a_mail_shows_nothing_of_it() {
    let shown = format!("{:?}", email());
    assert!(
        !shown.contains("x.org") && !shown.contains("llo"),
        "{shown}"
    );
}
