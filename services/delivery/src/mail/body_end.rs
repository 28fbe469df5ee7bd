//! What a piece of HTML leaves open at its end, as a browser's tokenizer sees
//! it (WHATWG HTML, section 13.2.5).
//!
//! No parser: it knows nothing of where elements may stand. That is enough to
//! close what an author forgot, because an end tag without its start tag means
//! nothing to a browser.

/// Elements whose content is text up to their own end tag.
const TEXT_ELEMENTS: [&str; 8] = [
    "iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp",
];
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
    let mut scan = Scan {
        html,
        at: 0,
        open: Vec::new(),
    };
    let mut end = None;
    let unfinished = loop {
        let Some(offset) = scan.rest().find('<') else {
            break String::new();
        };
        scan.at += offset;
        let tag_at = scan.at;
        match scan.markup() {
            Ok(Markup::BodyEnd) => {
                end = Some(BodyEnd {
                    at: tag_at,
                    closing: scan.end_tags(),
                });
            }
            Ok(Markup::Other) => {}
            Err(Unfinished(closing)) => break closing,
        }
    };
    // What is unfinished swallows what comes after it, not an end before it.
    end.unwrap_or_else(|| BodyEnd {
        at: html.len(),
        closing: unfinished + &scan.end_tags(),
    })
}

/// A place in the text, and the elements that are open there.
struct Scan<'a> {
    html: &'a str,
    at: usize,
    open: Vec<String>,
}

enum Markup {
    BodyEnd,
    Other,
}

/// The text ends in the middle of something, which this closes.
struct Unfinished(String);

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        &self.html[self.at..]
    }

    /// Passes what the `<` here begins.
    fn markup(&mut self) -> Result<Markup, Unfinished> {
        let rest = self.rest();
        let letter = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
        if let Some(comment) = rest.strip_prefix("<!--") {
            self.at += comment_length(comment)
                .map(|length| "<!--".len() + length)
                .ok_or_else(|| Unfinished("-->".to_owned()))?;
        } else if letter(&rest[1..]) {
            self.start_tag()?;
        } else if rest.strip_prefix("</").is_some_and(letter) {
            return self.end_tag();
        } else if rest.starts_with("<!") || rest.starts_with("<?") || rest.starts_with("</") {
            self.pass_through(">")
                .ok_or_else(|| Unfinished(">".to_owned()))?;
        } else {
            self.at += 1;
        }
        Ok(Markup::Other)
    }

    fn start_tag(&mut self) -> Result<(), Unfinished> {
        let name = self.tag_name("<");
        let is_text = TEXT_ELEMENTS.contains(&name.as_str());
        if let Err(Unfinished(mut closing)) = self.attributes() {
            closing.push_str(&format!("</{name}>"));
            return Err(Unfinished(closing));
        }
        if is_text {
            let end = find_end_tag(self.rest(), &name);
            self.at += end.ok_or_else(|| Unfinished(format!("</{name}>")))?;
        } else if !NEVER_CLOSED.contains(&name.as_str()) && self.open.len() < MAX_OPEN {
            self.open.push(name);
        }
        Ok(())
    }

    fn end_tag(&mut self) -> Result<Markup, Unfinished> {
        let name = self.tag_name("</");
        self.attributes()?;
        if name == "body" {
            return Ok(Markup::BodyEnd);
        }
        if let Some(place) = self.open.iter().rposition(|open| *open == name) {
            self.open.truncate(place);
        }
        Ok(Markup::Other)
    }

    /// Passes `before` and the name behind it.
    fn tag_name(&mut self, before: &str) -> String {
        let name = &self.rest()[before.len()..];
        let ends = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>';
        let name = &name[..name.find(ends).unwrap_or(name.len())];
        self.at += before.len() + name.len();
        name.to_ascii_lowercase()
    }

    /// Passes the rest of a tag, with its `>`. A quotation mark counts only
    /// where a value begins.
    fn attributes(&mut self) -> Result<(), Unfinished> {
        let mut value_begins = false;
        while let Some(c) = self.rest().chars().next() {
            self.at += c.len_utf8();
            match c {
                '>' => return Ok(()),
                '"' | '\'' if value_begins => {
                    let quote = c.to_string();
                    self.pass_through(&quote)
                        .ok_or_else(|| Unfinished(quote + ">"))?;
                    value_begins = false;
                }
                c if c.is_ascii_whitespace() => {}
                c => value_begins = c == '=',
            }
        }
        Err(Unfinished(">".to_owned()))
    }

    fn pass_through(&mut self, end: &str) -> Option<()> {
        self.at += self.rest().find(end)? + end.len();
        Some(())
    }

    /// The end tags of what is open, the innermost first.
    fn end_tags(&self) -> String {
        let tags = self.open.iter().rev().map(|name| format!("</{name}>"));
        tags.collect()
    }
}

/// How long a comment is with its end, without its beginning; none if it has
/// no end.
fn comment_length(text: &str) -> Option<usize> {
    for (short, length) in [(">", 1), ("->", 2)] {
        if text.starts_with(short) {
            return Some(length);
        }
    }
    text.match_indices('-').find_map(|(at, _)| {
        let mut ends = ["-->", "--!>"].into_iter();
        let end = ends.find(|end| text[at..].starts_with(end))?;
        Some(at + end.len())
    })
}

/// Where the end tag of `name` begins.
fn find_end_tag(text: &str, name: &str) -> Option<usize> {
    let is_end_tag = |at: usize| {
        let tag = text.get(at + 2..).unwrap_or_default();
        let (found, after) = tag.split_at_checked(name.len())?;
        let ends = after.starts_with(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>');
        (ends && found.eq_ignore_ascii_case(name)).then_some(at)
    };
    text.match_indices("</").find_map(|(at, _)| is_end_tag(at))
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
