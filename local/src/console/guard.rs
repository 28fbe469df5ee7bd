//! What keeps other sites in the same browser out of the console.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use url::Url;

/// For every answer that does not bring its own policy: no script, and only
/// the console's own style, forms and frames.
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

#[derive(Debug, Clone)]
pub(super) struct Guard {
    /// A console at a loopback address has no other name than that.
    local_names_only: bool,
}

impl Guard {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            local_names_only: address.ip().is_loopback(),
        }
    }

    /// Another site whose name points here (DNS rebinding) is given away by
    /// the name that the browser asks for.
    fn knows(&self, headers: &HeaderMap) -> bool {
        !self.local_names_only || host(headers).is_none_or(|host| is_local(&host))
    }
}

/// Refuses requests for foreign names, and changes that another site's page
/// asks for.
pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if !guard.knows(request.headers()) {
        let text = "The console answers only for this machine's own names.\n";
        return (StatusCode::MISDIRECTED_REQUEST, text).into_response();
    }
    if changes(request.method()) && is_cross_site(request.headers()) {
        let text = "This came from another site.\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    next.run(request).await
}

/// Sets the headers that every answer has.
pub(super) async fn set_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static(POLICY);
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(policy);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Forms tell their origin; links in mails tell nothing.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a browser says that another site is behind the request. A client
/// that says nothing is no browser.
fn is_cross_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let own = headers.get(header::HOST).map(HeaderValue::as_bytes);
    let origin = origin.as_bytes().strip_prefix(b"http://");
    origin.is_none() || origin != own
}

/// The name in the `Host` header, without a port.
fn host(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().unwrap_or_default();
    let url = Url::parse(&format!("http://{host}/")).ok();
    // What cannot be read is foreign.
    Some(
        url.and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default(),
    )
}

fn is_local(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || address.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    fn guard(address: &str) -> Guard {
        Guard::new(address.parse().expect("an address"))
    }

    #[test]
    fn a_loopback_console_answers_for_local_names_only() {
        let guard = guard("127.0.0.1:8025");
        for host in [
            "127.0.0.1:8025",
            "localhost:8025",
            "[::1]:8025",
            "mail.localhost",
        ] {
            assert!(guard.knows(&headers(&[("host", host)])), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:8025",
            "127.0.0.1.nip.io",
            "a b",
        ] {
            assert!(!guard.knows(&headers(&[("host", host)])), "{host}");
        }
    }

    #[test]
    fn a_console_on_the_network_may_have_any_name() {
        assert!(guard("0.0.0.0:8025").knows(&headers(&[("host", "console.test")])));
    }

    #[test]
    fn changes_for_another_site_are_told_by_what_the_browser_says() {
        for own in [
            headers(&[]),
            headers(&[("sec-fetch-site", "same-origin"), ("origin", "http://x")]),
            headers(&[("sec-fetch-site", "none")]),
            headers(&[
                ("origin", "http://localhost:8025"),
                ("host", "localhost:8025"),
            ]),
        ] {
            assert!(!is_cross_site(&own), "{own:?}");
        }
        for foreign in [
            headers(&[("sec-fetch-site", "cross-site")]),
            headers(&[("sec-fetch-site", "same-site")]),
            headers(&[
                ("origin", "http://evil.example"),
                ("host", "localhost:8025"),
            ]),
            headers(&[("origin", "null"), ("host", "localhost:8025")]),
            headers(&[("origin", "null")]),
        ] {
            assert!(is_cross_site(&foreign), "{foreign:?}");
        }
    }
}
