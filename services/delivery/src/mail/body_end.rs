//! What a piece of HTML leaves open at the end of its body.
//!
//! Tags are enough to close what an author forgot, because an end tag without
//! its start tag means nothing to a browser.

use super::markup::{Markup, Scan, Unfinished};

/// Elements without an end, and those that the footer may well stand in.
const NEVER_CLOSED: [&str; 17] = [
    "area", "base", "body", "br", "col", "embed", "head", "hr", "html", "img", "input", "link",
    "meta", "p", "source", "track", "wbr",
];
/// The most open elements that are remembered; browsers nest no deeper either.
const MAX_OPEN: usize = 512;

/// How far a body goes, and what it leaves open there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BodyEnd {
    /// Where `</body>` begins, the last real one; or else the length of all.
    pub(super) at: usize,
    /// What closes, there, whatever is open.
    pub(super) closing: String,
}

/// Finds the end of the body of `html`.
pub(super) fn body_end(html: &str) -> BodyEnd {
    let mut scan = Scan::new(html);
    let mut open = Open::default();
    let mut end = None;
    let unfinished = loop {
        if scan.text().is_none() {
            break String::new();
        }
        let tag_at = scan.at();
        match scan.markup() {
            Ok(Markup::Start(name)) => open.start(name),
            Ok(Markup::End(name)) if name == "body" => {
                end = Some(BodyEnd {
                    at: tag_at,
                    closing: open.end_tags(),
                });
            }
            Ok(Markup::End(name)) => open.end(&name),
            Ok(Markup::Other | Markup::Text) => {}
            Err(Unfinished(closing)) => break closing,
        }
    };
    // What is unfinished swallows what comes after it, not an end before it.
    end.unwrap_or_else(|| BodyEnd {
        at: html.len(),
        closing: unfinished + &open.end_tags(),
    })
}

/// The elements that are open, the outermost first.
#[derive(Default)]
struct Open(Vec<String>);

impl Open {
    fn start(&mut self, name: String) {
        if !NEVER_CLOSED.contains(&name.as_str()) && self.0.len() < MAX_OPEN {
            self.0.push(name);
        }
    }

    fn end(&mut self, name: &str) {
        if let Some(place) = self.0.iter().rposition(|open| open == name) {
            self.0.truncate(place);
        }
    }

    /// The end tags of what is open, the innermost first.
    fn end_tags(&self) -> String {
        let tags = self.0.iter().rev().map(|name| format!("</{name}>"));
        tags.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closing(html: &str) -> String {
        body_end(html).closing
    }

    #[test]
    fn what_is_complete_needs_nothing() {
        for html in [
            "",
            "a < b, a <3 and <",
            "<p>one<p>two<br><img src=x>",
            "<!DOCTYPE html><html><head><title>a<b</title></head><p>x",
            "<!-- <div> --><div title='>'>x</div>",
            "<!-- <div> ---><!-- <div> --!>x",
            "<!--><div>x</div>",
            "<script>if (a<b) '</div>'</script>",
            "<div a=b'c>x</DIV >",
            "<a href=x title = \"a > b\">ü</a>",
        ] {
            assert_eq!(closing(html), "", "{html}");
        }
    }

    #[test]
    fn what_is_open_at_the_end_is_closed() {
        for (html, expected) in [
            ("<p>x<!-- draft", "-->"),
            ("x <style>p {}", "</style>"),
            ("<TEXTAREA>x</p>", "</textarea>"),
            ("<title>x</titles>", "</title>"),
            ("<div style=\"display:none\">x", "</div>"),
            ("<div><b><!-- x", "--></b></div>"),
            ("<a href=\"x", "\"></a>"),
            ("<style media='x", "'></style>"),
            ("<div ", "></div>"),
            ("<table><tr><td>x", "</td></tr></table>"),
            ("<ul><li>x</ul><i>", "</i>"),
            ("<? x", ">"),
        ] {
            assert_eq!(closing(html), expected, "{html}");
        }
    }

    #[test]
    fn the_end_of_the_body_is_the_last_one_that_is_markup() {
        for (html, at) in [
            ("<body>x</BODY></html>", 7),
            ("<body>x</body><!-- </body> -->", 7),
            ("<body>x</body><!-- </body>", 7),
            ("<style></body></style>x", 23),
            ("<body>x<style></body></html>", 28),
        ] {
            assert_eq!(body_end(html).at, at, "{html}");
        }
        assert_eq!(closing("<body><div>x</body>"), "</div>");
    }

    #[test]
    fn however_deep_it_is_the_end_tags_are_bounded() {
        let closing = closing(&"<b>".repeat(10_000));
        assert_eq!(closing.len(), MAX_OPEN * "</b>".len());
    }
}
