//! Middleware: other sites' forms do nothing here.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, Method, StatusCode,
        header::{HOST, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Problem, Shared};

/// Where a browser says that a request comes from.
/// Source: <https://www.w3.org/TR/fetch-metadata/>
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Answers 403 to requests that change something and come from another site.
pub(crate) async fn refuse_cross_site(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if changes && is_cross_site(request.headers(), &app.links.origin()) {
        tracing::warn!("a cross-site request was refused");
        let problem = Problem::new(
            StatusCode::FORBIDDEN,
            "This came from another site. Please use the form on our own page.",
        );
        return problem.into_response();
    }
    next.run(request).await
}

/// Whether a browser says so. A client that says nothing is no browser: it
/// holds no cookies for others to abuse.
fn is_cross_site(headers: &HeaderMap, public_origin: &str) -> bool {
    let site_is_other = headers
        .get_all(SEC_FETCH_SITE)
        .iter()
        .any(|site| site != "same-origin" && site != "none");
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin_is_other = headers.get_all(ORIGIN).iter().any(|origin| {
        origin
            .to_str()
            .map_or(true, |origin| !is_ours(origin, public_origin, host))
    });
    site_is_other || origin_is_other
}

/// Whether `origin` is the public URL's, or that of its scheme and the host
/// that the client reached us by: locally `localhost` is as good as
/// `127.0.0.1`. A page that came by `http` is none of ours where ours come by
/// `https`: anybody on the way could have written it.
fn is_ours(origin: &str, public_origin: &str, host: Option<&str>) -> bool {
    let scheme = public_origin.split("://").next().unwrap_or_default();
    let by_host = host.map(|host| format!("{scheme}://{host}"));
    origin.eq_ignore_ascii_case(public_origin)
        || by_host.is_some_and(|ours| origin.eq_ignore_ascii_case(&ours))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PUBLIC: &str = "https://news.example.com";

    fn refused(headers: &[(HeaderName, &'static str)]) -> bool {
        refused_at(PUBLIC, headers)
    }

    fn refused_at(public: &str, headers: &[(HeaderName, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect();
        is_cross_site(&headers, public)
    }

    #[test]
    fn a_client_that_says_nothing_passes() {
        assert!(!refused(&[]));
        assert!(!refused(&[(HOST, "127.0.0.1:8000")]));
    }

    #[test]
    fn fetch_metadata_decides() {
        assert!(!refused(&[(SEC_FETCH_SITE, "same-origin")]));
        assert!(!refused(&[(SEC_FETCH_SITE, "none")]));
        for other in ["same-site", "cross-site", "", "nonsense"] {
            assert!(refused(&[(SEC_FETCH_SITE, other)]), "{other}");
        }
    }

    #[test]
    fn the_public_origin_and_the_host_itself_pass() {
        assert!(!refused(&[(ORIGIN, "https://news.example.com")]));
        assert!(!refused(&[
            (HOST, "letters.example.com"),
            (ORIGIN, "https://letters.example.com")
        ]));
        let local = "http://127.0.0.1:8000";
        for (host, origin) in [
            ("127.0.0.1:8000", local),
            ("localhost:8000", "http://localhost:8000"),
            ("localhost:8000", local),
        ] {
            assert!(
                !refused_at(local, &[(HOST, host), (ORIGIN, origin)]),
                "{origin}"
            );
        }
    }

    #[test]
    fn the_scheme_is_part_of_an_origin() {
        for (public, host, origin) in [
            (PUBLIC, "news.example.com", "http://news.example.com"),
            (PUBLIC, "localhost:8000", "http://localhost:8000"),
            (
                "http://127.0.0.1:8000",
                "127.0.0.1:8000",
                "https://127.0.0.1:8000",
            ),
        ] {
            assert!(
                refused_at(public, &[(HOST, host), (ORIGIN, origin)]),
                "{public} {origin}"
            );
        }
    }

    #[test]
    fn every_other_origin_is_refused() {
        let host = (HOST, "localhost:8000");
        for other in [
            "null",
            "",
            "https://news.example.com.evil.example",
            "http://news.example.com",
            "http://localhost:9000",
            "localhost:8000",
            "ftp://localhost:8000",
        ] {
            assert!(refused(&[host.clone(), (ORIGIN, other)]), "{other}");
        }
    }

    #[test]
    fn one_bad_header_is_enough() {
        assert!(refused(&[
            (SEC_FETCH_SITE, "cross-site"),
            (ORIGIN, "https://news.example.com"),
        ]));
        assert!(refused(&[
            (SEC_FETCH_SITE, "same-origin"),
            (ORIGIN, "null")
        ]));
    }
}
