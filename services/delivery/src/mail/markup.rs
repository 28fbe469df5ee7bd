//! HTML as a browser's tokenizer sees it (WHATWG HTML, section 13.2.5): where a
//! tag begins and ends, and what only looks like one.
//!
//! No parser: it knows nothing of where elements may stand.

/// Elements whose content is text up to their own end tag.
const TEXT_ELEMENTS: [&str; 8] = [
    "iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp",
];

/// What stands between two pieces of text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Markup {
    /// A start tag, by its name in lower case; with the text of an element that
    /// can hold only text.
    Start(String),
    /// An end tag.
    End(String),
    /// A comment, a document type, a processing instruction.
    Other,
    /// A `<` that begins nothing.
    Text,
}

/// The text ends in the middle of something, which this closes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unfinished(pub(super) String);

/// A place in the text.
pub(super) struct Scan<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self { html, at: 0 }
    }

    /// Where it is.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Passes the text up to the next `<`, and answers it; none if there is no
    /// further one.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.rest().find('<')?;
        let text = &self.rest()[..length];
        self.at += length;
        Some(text)
    }

    /// Passes what the `<` here begins.
    pub(super) fn markup(&mut self) -> Result<Markup, Unfinished> {
        let rest = self.rest();
        let letter = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
        if let Some(comment) = rest.strip_prefix("<!--") {
            self.at += comment_length(comment)
                .map(|length| "<!--".len() + length)
                .ok_or_else(|| Unfinished("-->".to_owned()))?;
            Ok(Markup::Other)
        } else if letter(&rest[1..]) {
            self.start_tag()
        } else if rest.strip_prefix("</").is_some_and(letter) {
            let name = self.tag_name("</");
            self.attributes()?;
            Ok(Markup::End(name))
        } else if rest.starts_with("<!") || rest.starts_with("<?") || rest.starts_with("</") {
            self.pass_through(">")
                .ok_or_else(|| Unfinished(">".to_owned()))?;
            Ok(Markup::Other)
        } else {
            self.at += 1;
            Ok(Markup::Text)
        }
    }

    fn rest(&self) -> &'a str {
        &self.html[self.at..]
    }

    fn start_tag(&mut self) -> Result<Markup, Unfinished> {
        let name = self.tag_name("<");
        if let Err(Unfinished(mut closing)) = self.attributes() {
            closing.push_str(&format!("</{name}>"));
            return Err(Unfinished(closing));
        }
        if TEXT_ELEMENTS.contains(&name.as_str()) {
            let end = find_end_tag(self.rest(), &name);
            self.at += end.ok_or_else(|| Unfinished(format!("</{name}>")))?;
        }
        Ok(Markup::Start(name))
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
