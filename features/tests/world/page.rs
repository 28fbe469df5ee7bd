//! What stands in a page. These look for what a browser would use: a form's
//! action, the names of its fields, a link's address.

use regex::Regex;

use super::Answer;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

/// `html` without the escapes that templates write.
pub(crate) fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&#60;", "<")
        .replace("&gt;", ">")
        .replace("&#62;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

/// The flash of a page: `<p><i>text</i></p>`.
pub(crate) fn flash(page: &str) -> Option<String> {
    let flash = pattern(r"<p><i>([^<]*)</i></p>");
    flash.captures(page).map(|found| unescaped(&found[1]))
}

/// The names of the fields of the form on `answer`'s page that posts to
/// `target`, or nothing if there is no such form.
pub(crate) fn form_fields(answer: &Answer, target: &str) -> Option<Vec<String>> {
    let form = pattern(r"(?s)<form\b([^>]*)>(.*?)</form>");
    let names = pattern(r#"<(?:input|textarea|select)\b[^>]*\bname="([^"]*)""#);
    let found = form
        .captures_iter(&answer.body)
        .find(|form| form[1].contains(r#"method="post""#) && leads_to(answer, &form[1], target))?;
    Some(
        names
            .captures_iter(&found[2])
            .map(|name| name[1].to_owned())
            .collect(),
    )
}

/// Whether a form with these `attributes` posts to `target`: its action may be
/// relative to the page, which it is if there is none.
fn leads_to(answer: &Answer, attributes: &str, target: &str) -> bool {
    let action = pattern(r#"\baction="([^"]*)""#);
    let action = action.captures(attributes);
    let action = action.map_or_else(String::new, |found| unescaped(&found[1]));
    let url = answer.url.join(&action);
    url.is_ok_and(|url| url.path() == target)
}

/// The value of the input called `name`.
pub(crate) fn hidden_value(page: &str, name: &str) -> Option<String> {
    let input = pattern(&format!(r#"<input\b[^>]*\bname="{name}"[^>]*>"#));
    let value = pattern(r#"\bvalue="([^"]*)""#);
    let input = input.find(page)?.as_str();
    value.captures(input).map(|found| unescaped(&found[1]))
}

/// The addresses of the issues in `page` whose link has the text `title`.
pub(crate) fn issue_links(page: &str, title: &str) -> Vec<String> {
    pattern(r#"(?s)<a\b[^>]*\bhref="(/admin/newsletters/[0-9a-f-]{36})"[^>]*>(.*?)</a>"#)
        .captures_iter(page)
        .filter(|found| unescaped(found[2].trim()) == title)
        .map(|found| found[1].to_owned())
        .collect()
}
