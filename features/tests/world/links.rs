//! The links in mails.

use regex::Regex;
use reqwest::Url;

use super::page::unescaped;

/// Every confirmation link in `part`, a mail's text or HTML, in order.
pub(crate) fn confirmation_links(part: &str) -> Vec<String> {
    links(part, r"/subscriptions/confirm\?subscription_token=")
}

/// Every unsubscribe link in `part`, a mail's text, HTML or header, in order.
pub(crate) fn unsubscribe_links(part: &str) -> Vec<String> {
    links(part, r"/subscriptions/unsubscribe\?token=")
}

fn links(part: &str, path: &str) -> Vec<String> {
    let link = Regex::new(&format!(r#"https?://[^\s"'<>]+?{path}[^\s"'<>]+"#));
    link.expect("a valid pattern")
        .find_iter(part)
        .map(|found| unescaped(found.as_str()))
        .collect()
}

/// What a browser that is already at the system asks for with this link.
pub(crate) fn path_of(link: &str) -> String {
    let url = Url::parse(link).expect("a link is a URL");
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}
