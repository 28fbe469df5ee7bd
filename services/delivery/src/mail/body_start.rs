//! Where the body of a piece of HTML begins.

use super::markup::{Markup, Scan};

/// Elements that stand before the body.
const NOT_BODY: [&str; 9] = [
    "base", "head", "html", "link", "meta", "noscript", "script", "style", "title",
];
/// Those of them that nothing of the body may stand in.
const CLOSED: [&str; 4] = ["noscript", "script", "style", "title"];

/// The place behind the `<body>` tag of `html`, or where a browser would put
/// one: behind the document type and all that belongs into a head, so that these
/// keep their meaning.
pub(super) fn body_start(html: &str) -> usize {
    let mut scan = Scan::new(html);
    let mut at = 0;
    let mut inside = false;
    while scan
        .text()
        .is_some_and(|text| inside || text.trim().is_empty())
    {
        match scan.markup() {
            Ok(Markup::Start(name)) if name == "body" => return scan.at(),
            Ok(Markup::Start(name)) if CLOSED.contains(&name.as_str()) => inside = true,
            Ok(Markup::End(name)) if CLOSED.contains(&name.as_str()) => inside = false,
            Ok(Markup::Start(name)) if inside || NOT_BODY.contains(&name.as_str()) => {}
            Ok(Markup::End(_) | Markup::Other) => {}
            Ok(Markup::Start(_) | Markup::Text) | Err(_) => break,
        }
        if !inside {
            at = scan.at();
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_begins_behind_its_tag() {
        for html in [
            "<body>|x",
            "<!DOCTYPE html>\n<html lang=en>\n<head><title>a<b</title></head>\n<BODY class='>'>|<p>x",
            "<!-- <body> --><body>|x<body>",
            "<style>p { content: '<body>' }</style><body>|x",
            "<html><head><meta charset=utf-8><body>|x",
        ] {
            assert_start(html);
        }
    }

    #[test]
    fn without_a_tag_it_begins_behind_what_belongs_into_a_head() {
        for html in [
            "|",
            "|Hello",
            "|<p>Hello</p>",
            "|a <b>",
            "|< 3",
            "<!DOCTYPE html>|<p>x",
            "<!doctype html><html>|x</html>",
            "<html><head><style>a {}</style></head>|<p>x",
            "<title>x</title><style>a {}</style>|<p>x</p><style></style>",
            "<!-- x -->|<!-- y",
            "<head><meta charset=utf-8>|<p>x",
            "<head>|<style>never closed",
        ] {
            assert_start(html);
        }
    }

    /// Where the `|` stands is where the body begins.
    fn assert_start(html: &str) {
        let expected = html.find('|').unwrap_or_default();
        assert_eq!(body_start(&html.replacen('|', "", 1)), expected, "{html}");
    }
}
