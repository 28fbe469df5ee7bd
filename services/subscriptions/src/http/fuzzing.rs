//! Requests may say anything: they are understood as browsers and other parsers
//! understand them, or refused; and a refused form shows what was typed.

use askama::Template as _;
use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use fuzz::Target;
use url::form_urlencoded;

use super::{
    cookies::{CookieName, Cookies},
    fields::{Fields, query_token},
    home::HomePage,
    json::Members,
    subscribe,
};

/// A target that begins with `corpus`; `name` is the folder of found cases.
fn target(name: &str, corpus: &[&[u8]]) -> Target {
    let corpus = corpus.iter().map(|input| input.to_vec());
    let found = format!("{}/tests/found/{name}", env!("CARGO_MANIFEST_DIR"));
    Target::new(corpus.collect(), found)
}

/// Every form that this service takes.
const FORMS: [&[u8]; 7] = [
    b"name=le%20guin&email=ursula_le_guin%40gmail.com",
    b"name=%C3%89t%C3%A9+%F0%9F%92%8C&email=a%40b.example&bare&=&&x==",
    b"username=admin&password=the+first+admin%27s+password",
    b"title=One&text_content=Hi+%7B%7Bname%7D%7D%0D%0A&html_content=%3Cp%3EHi&idempotency_key=k",
    b"current_password=a&new_password=b&new_password_check=b",
    b"subscription_token=Y29uZmlybS1tZQ&x=1",
    b"token=dW5zdWJzY3JpYmUtbWU",
];

const NAMES: [&str; 6] = [
    "name",
    "email",
    "password",
    "title",
    "html_content",
    "token",
];

#[test]
fn a_form_that_is_taken_says_what_it_says_to_other_parsers() {
    target("form", &FORMS).run(|form| {
        let Ok(fields) = Fields::parse(form) else {
            return;
        };
        let others: Vec<_> = form_urlencoded::parse(form).collect();
        for name in NAMES {
            let mut those = others.iter().filter(|(found, _)| found == name);
            match (those.next(), those.next()) {
                (None, _) => assert_eq!(fields.optional(name).ok(), Some(None)),
                (Some((_, value)), None) => {
                    assert_eq!(fields.optional(name).ok(), Some(Some(value.as_ref())));
                }
                (Some(_), Some(_)) => assert!(fields.optional(name).is_err()),
            }
        }
        for name in ["subscription_token", "token"] {
            let query = std::str::from_utf8(form).ok();
            if let Ok(token) = query_token(query, name) {
                assert!(!token.is_empty());
            }
        }
    });
}

#[test]
fn a_json_object_that_is_taken_says_what_it_says_to_other_parsers() {
    let corpus: [&[u8]; 3] = [
        br#"{"name": "Ursula Le Guin", "email": "ursula_le_guin@gmail.com"}"#,
        br#"{"name": "\u00c9t\u00e9 \ud83d\udc8c", "email": "a@b", "more": [1.5e3, {"name": null}]}"#,
        br#"{"name": "a", "name": "b", "email": 7}"#,
    ];
    target("json", &corpus).run(|body| {
        let members = serde_json::from_slice::<Members>(body);
        let map = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body);
        assert_eq!(members.is_ok(), map.is_ok());
        let (Ok(Members(members)), Ok(map)) = (members, map) else {
            return;
        };
        for (name, value) in &map {
            let mut those = members.iter().filter(|(found, _)| found == name);
            assert_eq!(those.next_back().map(|(_, value)| value), Some(value));
        }
        assert!(members.iter().all(|(name, _)| map.contains_key(name)));
    });
}

#[test]
fn what_was_typed_into_the_subscribe_form_is_taken_or_shown_again_as_it_was() {
    target("subscribe", &FORMS[..2]).run(|form| {
        let Ok(fields) = Fields::parse(form) else {
            return;
        };
        let Err(errors) = subscribe::parse(&fields) else {
            return;
        };
        assert!(!errors.is_empty());
        let page = HomePage::again(&fields, &errors).render().expect("a page");
        for name in ["name", "email"] {
            let typed = fields.optional(name).ok().flatten().unwrap_or_default();
            let before = format!("<input id=\"{name}\" name=\"{name}\"");
            let (_, input) = page.split_once(&before).expect("the field");
            let (_, value) = input.split_once(" value=\"").expect("its value");
            let (value, _) = value.split_once('"').expect("its end");
            assert!(!value.contains(['<', '>', '\'']));
            assert_eq!(unescaped(value), typed);
        }
    });
}

/// What a browser reads for askama's escapes.
fn unescaped(html: &str) -> String {
    let escapes = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
    ];
    let text = escapes.iter().fold(html.to_owned(), |text, (escape, it)| {
        text.replace(escape, it)
    });
    text.replace("&#38;", "&")
}

#[test]
fn a_cookie_that_is_read_is_read_again_after_it_was_set() {
    let corpus: [&[u8]; 5] = [
        b"session=Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4; flash=logged-out",
        b"__Host-session=a; __Host-flash=issue-accepted",
        b"a=b;session=\"quoted\"; session=second",
        b"xsession=1; session",
        b"flash==; ;;=",
    ];
    target("cookie", &corpus).run(|header| {
        let Ok(header) = HeaderValue::from_bytes(header) else {
            return;
        };
        let headers = HeaderMap::from_iter([(COOKIE, header)]);
        for (https, cookie) in [
            (false, CookieName::Session),
            (true, CookieName::Session),
            (false, CookieName::Flash),
        ] {
            let cookies = Cookies::new(https);
            let Some(value) = cookies.get(&headers, cookie) else {
                continue;
            };
            // No value adds an attribute to a cookie that is set.
            let set = cookies.set(cookie, value);
            let set = set.to_str().expect("ASCII");
            assert_eq!(set.matches("; Path=/; HttpOnly; SameSite=Lax").count(), 1);
            let (pair, _) = set.split_once(';').expect("attributes");
            let back = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(pair).expect("it"))]);
            assert_eq!(cookies.get(&back, cookie), Some(value));
        }
    });
}
