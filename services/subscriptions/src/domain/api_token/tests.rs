use super::*;
use crate::domain::password::PasswordHash;

fn user() -> User {
    let username = Username::parse("ada").expect("valid");
    let id = Uuid::from_u128(7);
    User::new(
        id,
        username,
        PasswordHash::dummy(),
        false,
        Timestamp::UNIX_EPOCH,
    )
}

fn issued() -> (ApiToken, SecretString) {
    let name = TokenName::parse("backup").expect("valid");
    let id = Uuid::from_u128(0xABC);
    ApiToken::issue(id, &user(), name, [0xFB; 32], Timestamp::UNIX_EPOCH)
}

fn parse(text: &str) -> Option<PresentedToken> {
    PresentedToken::parse(&text.to_owned().into())
}

#[test]
fn what_is_issued_is_known_again() {
    let (token, text) = issued();
    let expected = "pp_00000000000000000000000000000abc_-_v7";
    assert!(text.expose_secret().starts_with(expected));
    assert_eq!(text.expose_secret().len(), 3 + 32 + 1 + 43);
    let presented = PresentedToken::parse(&text).expect("a token");
    assert_eq!(presented.id, token.id);
    assert!(token.is_presented_by(&presented));
}

#[test]
fn another_secret_or_another_id_is_not_that_token() {
    let (token, text) = issued();
    let presented = PresentedToken::parse(&text).expect("a token");
    for bit in 0..8 * SECRET_BYTES {
        let mut secret = presented.secret;
        secret[bit / 8] ^= 1 << (bit % 8);
        let other = PresentedToken {
            id: token.id,
            secret,
        };
        assert!(!token.is_presented_by(&other), "bit {bit}");
    }
    let other = PresentedToken {
        id: Uuid::nil(),
        ..presented
    };
    assert!(!token.is_presented_by(&other));
}

#[test]
fn neither_the_store_nor_debug_has_the_secret() {
    let (token, text) = issued();
    let secret = text.expose_secret().rsplit_once('c').expect("its end").1;
    let stored = serde_json::to_string(&token).expect("plain data");
    let presented = format!("{:?}", PresentedToken::parse(&text));
    for shown in [stored, format!("{token:?}"), presented] {
        assert!(!shown.contains(secret), "{shown}");
        assert!(!shown.contains(&hex::encode([0xFB; 32])), "{shown}");
        assert!(!shown.contains("251, 251"), "{shown}");
    }
}

#[test]
fn other_texts_are_no_tokens() {
    let (_, text) = issued();
    let good = text.expose_secret();
    let upper = good.replace("abc", "ABC");
    let hyphens = good.replacen(
        "00000000000000000000000000000abc",
        "00000000-0000-0000-0000-000000000abc",
        1,
    );
    let (padded, cut) = (format!("{good}="), &good[..good.len() - 1]);
    let spaced = format!(" {good}");
    for text in [
        "",
        "pp_",
        "pp__",
        "x",
        "🦀",
        &good[3..],
        &upper,
        &hyphens,
        &padded,
        cut,
        &spaced,
    ] {
        assert!(parse(text).is_none(), "{text}");
    }
}

#[test]
fn names_are_of_one_line_and_not_blank() {
    let parse = TokenName::parse;
    assert_eq!(parse(" ci ").expect("valid").as_str(), "ci");
    assert!(parse(&"é".repeat(100)).is_ok());
    assert_eq!(parse(&"é".repeat(101)), Err(InvalidTokenName::TooLong));
    for blank in ["", " ", "\u{a0}"] {
        assert_eq!(parse(blank), Err(InvalidTokenName::Blank));
    }
    for text in ["a\nb", "a\n", "\0", "a\u{2028}b", "\u{7f}"] {
        assert_eq!(
            parse(text),
            Err(InvalidTokenName::ControlCharacter),
            "{text:?}"
        );
    }
}

#[test]
fn a_user_has_no_more_than_the_most_tokens() {
    let mut count = TokenCount::default();
    for _ in 0..MAX_TOKENS {
        count = count.with_one_more().expect("room");
    }
    assert_eq!((count.tokens, count.version), (MAX_TOKENS, MAX_TOKENS));
    assert_eq!(count.with_one_more(), None);
    let fewer = count.with_one_fewer();
    assert_eq!(
        (fewer.tokens, fewer.version),
        (MAX_TOKENS - 1, MAX_TOKENS + 1)
    );
    assert!(fewer.with_one_more().is_some());
}
