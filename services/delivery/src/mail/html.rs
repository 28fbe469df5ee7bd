//! HTML, as far as mails need it.

/// `text` as it stands in HTML, in an attribute too.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// `html` with `footer` at the end of its body: before the last `</body>`, or
/// at the very end where there is none.
pub(super) fn with_footer(html: &str, footer: &str) -> String {
    // ASCII lower case keeps every byte in its place.
    let end = html
        .to_ascii_lowercase()
        .rfind("</body>")
        .unwrap_or(html.len());
    let (body, rest) = html.split_at(end);
    format!("{body}\n{footer}\n{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_escaped_text_is_markup() {
        assert_eq!(
            escape("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"
        );
    }

    #[test]
    fn a_footer_ends_the_body() {
        assert_eq!(
            with_footer("<html><body>Ä</BODY></html>", "<p>bye</p>"),
            "<html><body>Ä\n<p>bye</p>\n</BODY></html>"
        );
        assert_eq!(
            with_footer("<p>Hi</p>", "<p>bye</p>"),
            "<p>Hi</p>\n<p>bye</p>\n"
        );
    }
}
