//! HTML, as far as mails need it.

use super::{body_end::body_end, body_start::body_start};

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
///
/// What the author left open there (a comment, a `<style>`, a hidden `<div>`,
/// half a tag) is closed first, so that it does not swallow the footer. Not
/// guarded against: style sheets that hide it, `<plaintext>`, and more than
/// some hundred open elements.
pub(super) fn with_footer(html: &str, footer: &str) -> String {
    let end = body_end(html);
    let (body, rest) = html.split_at(end.at);
    format!("{body}{}\n{footer}\n{rest}", end.closing)
}

/// `html` with `preheader`, which is HTML, hidden at the start of its body:
/// mail programs show it beside the subject, where the mail's first words would
/// stand otherwise. No two programs agree on what hides, hence so many ways.
pub(super) fn with_preheader(html: &str, preheader: &str) -> String {
    let (before, body) = html.split_at(body_start(html));
    format!("{before}<div style=\"{HIDDEN}\">{preheader}</div>\n{body}")
}

/// `mso-hide` is for Outlook, the rest of the sizes for those that ignore `display`.
const HIDDEN: &str = "display:none;mso-hide:all;max-height:0;max-width:0;overflow:hidden;\
                      opacity:0;font-size:1px;line-height:1px";

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

    #[test]
    fn nothing_left_open_swallows_the_footer() {
        assert_eq!(
            with_footer("<body><p>Hi<!-- draft</body></html>", "<p>bye</p>"),
            "<body><p>Hi<!-- draft</body></html>-->\n<p>bye</p>\n"
        );
        assert_eq!(
            with_footer("<div style='display:none'>Hi</body>", "<p>bye</p>"),
            "<div style='display:none'>Hi</div>\n<p>bye</p>\n</body>"
        );
    }

    #[test]
    fn a_preheader_is_hidden_at_the_start_of_the_body() {
        let html = with_preheader("<html><body class=a>Ä</body></html>", "Hi &lt;3");
        let (before, after) = html
            .split_once("<div style=\"display:none;")
            .expect("a div");
        assert_eq!(before, "<html><body class=a>");
        assert!(
            after.ends_with("\">Hi &lt;3</div>\nÄ</body></html>"),
            "{after}"
        );
    }
}
