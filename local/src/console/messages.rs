//! One mail.

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{Html, IntoResponse},
};

use super::{Console, error::ConsoleError, nav::Nav, segment::Segment};
use crate::mailbox::{Address, Headers, Message};

/// The mail's own document can do nothing: no script, no form, nothing from
/// the network, no access to the console. Its links open in a tab of their
/// own, outside the sandbox, as they would from a mail program.
const FRAME_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; \
    default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'";

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    nav: Nav<'a>,
    message: &'a Message,
    headers: &'a Headers,
}

impl MessagePage<'_> {
    fn people(&self, addresses: &[Address]) -> String {
        let people = addresses.iter().map(|it| self.person(it));
        people.collect::<Vec<_>>().join(", ")
    }

    fn person(&self, address: &Address) -> String {
        match address.name.as_str() {
            "" => address.address.clone(),
            name => format!("{name} <{}>", address.address),
        }
    }
}

/// `GET /messages/{id}`
pub(super) async fn page(
    State(console): State<Console>,
    Segment(id): Segment<String>,
) -> Result<Html<String>, ConsoleError> {
    let message = console
        .mailbox
        .message(&id)
        .await?
        .ok_or(ConsoleError::NotFound)?;
    let headers = console
        .mailbox
        .headers(&message.id)
        .await?
        .unwrap_or_default();
    let rendered = MessagePage {
        nav: console.nav(),
        message: &message,
        headers: &headers,
    }
    .render()?;
    Ok(Html(rendered))
}

/// `GET /messages/{id}/html`: the HTML part, for the frame.
pub(super) async fn framed(
    State(console): State<Console>,
    Segment(id): Segment<String>,
) -> Result<impl IntoResponse, ConsoleError> {
    let message = console
        .mailbox
        .message(&id)
        .await?
        .ok_or(ConsoleError::NotFound)?;
    let policy = (header::CONTENT_SECURITY_POLICY, FRAME_POLICY);
    Ok(([policy], Html(with_links_in_new_tabs(&message.html))))
}

/// Puts a `base` element to where a head begins; without a head, before all
/// else.
fn with_links_in_new_tabs(html: &str) -> String {
    const BASE: &str = r#"<base target="_blank">"#;
    let lower = html.to_ascii_lowercase();
    let head = lower.match_indices("<head").find_map(|(start, tag)| {
        let rest = &lower[start + tag.len()..];
        let whole_name = rest.starts_with(|c: char| c == '>' || c.is_ascii_whitespace());
        rest.find('>')
            .filter(|_| whole_name)
            .map(|end| start + tag.len() + end + 1)
    });
    let (before, after) = html.split_at(head.unwrap_or_default());
    format!("{before}{BASE}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_open_in_new_tabs() {
        const BASE: &str = r#"<base target="_blank">"#;
        for (html, expected) in [
            ("<p>é</p>", format!("{BASE}<p>é</p>")),
            (
                "<!doctype html><HEAD lang=de><title>",
                format!("<!doctype html><HEAD lang=de>{BASE}<title>"),
            ),
            ("<header>x</header>", format!("{BASE}<header>x</header>")),
            ("", BASE.to_owned()),
        ] {
            assert_eq!(with_links_in_new_tabs(html), expected);
        }
    }
}
