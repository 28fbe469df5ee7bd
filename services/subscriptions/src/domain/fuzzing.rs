//! Texts from outside may be anything: they are parsed or refused, and what is
//! parsed holds what its type promises.

use fuzz::Target;
use uuid::Uuid;

use super::{
    ConfirmationToken, SubscriberEmail, SubscriberId, SubscriberName,
    draft::{Draft, Parts},
    idempotency_key::{IdempotencyKey, MAX_KEY_LENGTH},
    preheader::Preheader,
    read_unsubscribe_token,
    sender_name::SenderName,
    session::SessionToken,
    title::Title,
    unsubscribe_token,
    user::Username,
};

const KEY: &[u8] = b"the key of unsubscribe links";

/// A target that begins with `corpus`; `name` is the folder of found cases.
fn target(name: &str, corpus: &[&str]) -> Target {
    let corpus = corpus.iter().map(|text| text.as_bytes().to_vec());
    let found = format!("{}/tests/found/{name}", env!("CARGO_MANIFEST_DIR"));
    Target::new(corpus.collect(), found)
}

/// Whether it could begin another line of a mail's header.
fn breaks_a_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[test]
fn an_address_that_is_taken_is_one_word_and_is_taken_again() {
    let corpus = [
        "ursula_le_guin@gmail.com",
        " Ann.O'Neil+news@sub.example.com\r\n",
        "a@b",
        "!#$%&'*+/=?^_`{|}~-@xn--bcher-kva.example",
        "\"quoted local\"@example.com",
        "a@[127.0.0.1]",
        "Ann <ann@example.com>",
        "a..b@x.org",
        "bücher@bücher.example",
    ];
    target("email", &corpus).run_text(|text| {
        let Ok(email) = SubscriberEmail::parse(text) else {
            return;
        };
        let taken = email.as_str();
        assert!(text.contains(taken));
        assert!(taken.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(!taken.contains([',', ';', '<', '>', '"', '(', ')', ':']));
        assert_eq!(SubscriberEmail::parse(taken).as_ref(), Ok(&email));
        let key = email.comparison_key();
        let other_spelling = SubscriberEmail::parse(&taken.to_ascii_uppercase());
        assert_eq!(other_spelling.expect("valid").comparison_key(), key);
    });
}

#[test]
fn a_name_that_is_taken_is_one_visible_line_and_is_taken_again() {
    let corpus = [
        "Ursula Le Guin",
        "  le\u{a0}guin \u{3000}",
        "👩‍👩‍👧",
        "e\u{308}\u{301}",
        "\u{200b}a\u{202e}b",
        "x; DROP TABLE",
        "{{unsubscribe_url}}",
        "م",
    ];
    target("name", &corpus).run_text(|text| {
        let Ok(name) = SubscriberName::parse(text) else {
            return;
        };
        let taken = name.as_str();
        assert_eq!(taken, text.trim());
        assert!(!taken.is_empty() && !taken.contains(breaks_a_line));
        assert!(!taken.contains(['<', '>', '"', '{', '}', '\\']));
        assert_eq!(SubscriberName::parse(taken).as_ref(), Ok(&name));
    });
}

#[test]
fn an_issue_that_is_taken_is_published_as_it_was_typed() {
    // Title, preheader, sender's name, text and HTML, by lines: as far as they go.
    let corpus = [
        "Issue one\nFor {{name}}\nUrsula, of the Post\nHello {{name}}\n<p>Hello {{name}}</p>",
        " An  issue \n\u{200b}\n \n\t\r\n<html><body></body></html>",
        "Été\u{2028}\n\t\n\"<\\\n\u{0}\n<script>",
    ];
    target("draft", &corpus).run_text(|text| {
        let mut lines = text.splitn(5, '\n');
        let mut line = || lines.next().unwrap_or_default();
        let parts = Parts {
            title: line(),
            preheader: line(),
            sender_name: line(),
            text_content: line(),
            html_content: line(),
        };
        match Draft::parse(parts) {
            Err(wrong) => assert!(!wrong.is_empty()),
            Ok(draft) => {
                assert_eq!(
                    (draft.text_content.as_str(), draft.html_content.as_str()),
                    (parts.text_content, parts.html_content)
                );
                let name = draft.sender_name.as_ref().map_or("", SenderName::as_str);
                assert!(!name.contains(breaks_a_line) && !name.contains(['<', '>', '"', '\\']));
                let preheader = draft.preheader.as_ref().map_or("", Preheader::as_str);
                assert!(!preheader.contains(breaks_a_line));
                let subject = draft.title.as_str();
                assert_eq!(subject, parts.title.trim());
                assert!(!subject.contains(breaks_a_line));
                assert_eq!(Title::parse(subject), Ok(draft.title.clone()));
            }
        }
    });
}

#[test]
fn keys_and_usernames_are_taken_as_they_are() {
    let corpus = [
        "5f0f3c3a-6f0e-4a58-9d43-5d27a3cf0a11",
        "admin",
        "Ann.O-Neil_2",
        "é👩‍👩‍👧",
    ];
    target("key", &corpus).run_text(|text| {
        let fits = (1..=MAX_KEY_LENGTH).contains(&text.chars().count());
        let key = IdempotencyKey::parse(text);
        assert_eq!(key.is_ok(), fits);
        assert!(key.is_err() || key.is_ok_and(|key| key.as_str() == text));
        if let Ok(username) = Username::parse(text) {
            assert_eq!(username.to_string(), text);
            let shouted = Username::parse(&text.to_ascii_uppercase()).expect("valid");
            assert_eq!(shouted.key(), username.key());
        }
    });
}

#[test]
fn a_token_that_is_taken_is_the_one_that_was_given() {
    let genuine = SubscriberId(Uuid::from_u128(0x0123_4567_89ab_cdef));
    let unsubscribe = unsubscribe_token(genuine, KEY);
    let of_another_key = unsubscribe_token(genuine, b"another");
    let confirmation = ConfirmationToken::from_random([0xfb; 32]).expose();
    let session = SessionToken::new([0x3e; 32]);
    let corpus = [
        &unsubscribe,
        &of_another_key,
        &confirmation,
        session.expose(),
    ];
    target("token", &corpus).run_text(|text| {
        // One text for one token: what is stored is a hash of either.
        if let Some(token) = ConfirmationToken::parse(text) {
            assert_eq!(token.expose(), text);
        }
        if let Some(token) = SessionToken::parse(text) {
            assert_eq!(token.expose(), text);
            assert!(
                text.bytes()
                    .all(|byte| byte.is_ascii_graphic() && byte != b';')
            );
        }
        // Nobody who tears a token forges one.
        match read_unsubscribe_token(text, KEY) {
            None => assert_ne!(text, unsubscribe),
            Some(subscriber) => {
                assert_eq!((subscriber, text), (genuine, unsubscribe.as_str()));
            }
        }
    });
}
