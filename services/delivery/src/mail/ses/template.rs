//! An issue as an inline template of SES, whose language is handlebars.
//!
//! SES escapes no values, reads `{{` and a backslash before it as its own, and
//! tells of a value that is missing only after it has accepted the mail. So
//! whatever of the issue could be read so comes in as a value, and every reader
//! has every value.

use serde::Serialize;

use super::super::{
    IssueMail, Reader,
    encoded_word::{encode, looks_encoded},
    html::escape,
    placeholders::{Piece, Template},
};

/// Names are short: a text can be full of braces, and a request has its limit.
const LEFT_BRACE: &str = "{{l}}";
const RIGHT_BRACE: &str = "{{r}}";
const BACKSLASH: &str = "{{b}}";

/// The template of an issue.
pub(super) struct SesTemplate {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// The values of one reader.
#[derive(Serialize)]
struct Values<'a> {
    /// The name in the text part.
    n: &'a str,
    /// In the HTML part.
    h: String,
    /// The link in the text part.
    u: &'a str,
    /// In the HTML part.
    v: String,
    l: &'static str,
    r: &'static str,
    b: &'static str,
}

/// What a piece's place is called in a part of the mail.
struct Names {
    name: &'static str,
    url: &'static str,
}

const IN_TEXT: Names = Names {
    name: "{{n}}",
    url: "{{u}}",
};
const IN_HTML: Names = Names {
    name: "{{h}}",
    url: "{{v}}",
};

impl SesTemplate {
    pub(super) fn new(issue: &IssueMail) -> Self {
        Self {
            subject: subject(&issue.subject),
            text: translate(&issue.text, &IN_TEXT),
            html: translate(&issue.html, &IN_HTML),
        }
    }
}

/// The values for `reader`, as a JSON object.
pub(super) fn values(reader: &Reader<'_>) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Values {
        n: reader.name,
        h: escape(reader.name),
        u: reader.unsubscribe_url,
        v: escape(reader.unsubscribe_url),
        l: "{",
        r: "}",
        b: "\\",
    })
}

/// The subject on one line, and such that nobody takes it for encoded.
fn subject(title: &str) -> String {
    let title = title.replace(char::is_control, " ");
    let mut subject = String::new();
    match looks_encoded(&title) {
        true => subject = encode(&title).replace("\r\n", ""),
        false => push_literally(&mut subject, &title, true),
    }
    subject
}

fn translate(template: &Template, names: &Names) -> String {
    let mut pieces = template.pieces().iter().peekable();
    let mut translated = String::new();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => {
                let is_last = pieces.peek().is_none();
                push_literally(&mut translated, text, is_last);
            }
            Piece::Name => translated.push_str(names.name),
            Piece::UnsubscribeUrl => translated.push_str(names.url),
        }
    }
    translated
}

/// Adds `text` such that it is sent as it is. A brace or a backslash stays one
/// only between characters that give it no meaning.
fn push_literally(translated: &mut String, text: &str, is_last: bool) {
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let is_plain = |c: char| !matches!(c, '{' | '}' | '\\');
        let before_plain = characters.peek().map_or(is_last, |next| is_plain(*next));
        match c {
            '{' if !before_plain => translated.push_str(LEFT_BRACE),
            '\\' if !before_plain => translated.push_str(BACKSLASH),
            '}' if translated.ends_with('}') => translated.push_str(RIGHT_BRACE),
            c => translated.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use arbtest::arbtest;
    use handlebars::{Handlebars, no_escape};
    use jiff::Timestamp;
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;
    use crate::mail::IssueContent;

    const READER: Reader<'_> = Reader {
        subscriber_id: Uuid::from_u128(2),
        email: "ursula@example.com",
        name: "Ursula \"U\" O'Neil & <co> {{name}} \\",
        unsubscribe_url: "https://x.example/u?token=a&b=%7B",
    };

    fn issue(text: &str, preheader: Option<&str>) -> IssueMail {
        let from = "Penny {{name}} \\{ Post <news@penny.example>";
        let content = IssueContent {
            issue_id: Uuid::from_u128(1),
            title: text.replace(char::is_control, " "),
            preheader: preheader.map(str::to_owned),
            sender_name: None,
            text: text.to_owned(),
            html: text.to_owned(),
        };
        IssueMail::new(&from.parse().expect("a sender"), &content)
    }

    /// As SES renders it.
    fn rendered(template: &str, values: &str) -> String {
        let mut engine = Handlebars::new();
        engine.register_escape_fn(no_escape);
        engine.set_strict_mode(true);
        let values: Value = serde_json::from_str(values).expect("JSON");
        let rendered = engine.render_template(template, &values);
        rendered.unwrap_or_else(|error| panic!("{template:?}: {error}"))
    }

    /// The mail is the same by SES as by SMTP.
    fn assert_same(text: &str, preheader: Option<&str>) {
        let issue = issue(text, preheader);
        let email = issue.to(&READER, (0, 0), Timestamp::UNIX_EPOCH);
        let template = SesTemplate::new(&issue);
        let values = values(&READER).expect("JSON");
        assert_eq!(rendered(&template.text, &values), email.text, "{text:?}");
        assert_eq!(rendered(&template.html, &values), email.html, "{text:?}");
        let subject = rendered(&template.subject, &values);
        if !looks_encoded(&email.subject) {
            assert_eq!(subject, email.subject);
        }
    }

    #[test]
    fn a_mail_by_ses_reads_as_one_by_smtp_whatever_the_issue_says() {
        for text in [
            "",
            "Hi {{name}}, {{unsubscribe_url}}!",
            "{{#if name}}x{{/if}} {{other}} {{{name}}} {{{{raw}}}}",
            "\\{{name}} \\\\{{name}} \\",
            "{{name}}} {{name}}}} }} } {",
            "{ {{ {{{ {{{{ }{ }}{{ \\{ {\\ {{name",
            "@media x{a{b:c}}{{!-- --}}{{!x}}{{>x}}{{&name}}{{^x}}",
            "<style>p { color: red }</style><p title='{{name}}'>{{l}}{{h}}</p>",
            "<body>{{name}}<!-- {{ \\",
            "=?utf-8?q?x?=",
        ] {
            assert_same(text, None);
            assert_same("plain", Some(text));
        }
    }

    #[test]
    fn a_mail_by_ses_reads_as_one_by_smtp_for_texts_of_braces_and_backslashes() {
        let words = [
            "{",
            "{",
            "}",
            "}",
            "\\",
            "{{",
            "}}",
            "name",
            "{{name}}",
            "#if ",
            "\n",
            "a",
            "<b>",
            "{{unsubscribe_url}}",
            "!",
            " ",
            "~",
            "&",
            "é",
        ];
        arbtest(|u| {
            let mut text = String::new();
            for _ in 0..u.int_in_range(0..=24)? {
                text.push_str(u.choose(&words)?);
            }
            assert_same(&text, Some(&text));
            Ok(())
        });
    }

    #[test]
    fn a_subject_that_looks_encoded_is_encoded() {
        assert_eq!(
            subject("=?utf-8?q?x?=\r\nBcc: x"),
            "=?utf-8?b?PT91dGYtOD9xP3g/PSAgQmNjOiB4?="
        );
        assert_eq!(subject("Plain {name}"), "Plain {name}");
    }
}
