//! The role that answers HTTP requests.

use std::net::IpAddr;

use axum::{Router, http::Uri};
use lambda_host::{Failure, Host, StartError};
use lambda_http::{Request, RequestExt, request::RequestContext, service_fn};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use subscriptions::ClientAddress;
use tokio::sync::OnceCell;
use tower::ServiceExt;
use tracing::Span;

use crate::{first_admin, service::Service};

/// Serves the service's own router to API Gateway.
///
/// # Errors
/// If Lambda's runtime API does not answer.
pub(crate) async fn serve(host: &Host, service: &Service) -> Result<(), StartError> {
    let router = OnceCell::new();
    let answer = service_fn(|request: Request| {
        let router = &router;
        async move {
            let answering = async {
                let router = router.get_or_try_init(|| start(host, service)).await?;
                Ok(respond(router.clone(), request).await)
            };
            // The router draws a span for each request.
            host.guard(&Span::none(), answering).await
        }
    });
    Ok(lambda_http::run(answer).await?)
}

/// The first request waits for this, and not the start of the process.
async fn start(host: &Host, service: &Service) -> Result<Router, Failure> {
    let app = service.app().await?;
    first_admin::ensure(host, app).await?;
    Ok(app.router())
}

async fn respond(router: Router, mut request: Request) -> axum::response::Response {
    keep_path(&mut request);
    if let Some(address) = client_address(&request) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Where the connection came from, as API Gateway knows it. The header that says
/// so is anybody's.
fn client_address(request: &Request) -> Option<IpAddr> {
    let RequestContext::ApiGatewayV2(context) = request.extensions().get()? else {
        return None;
    };
    context.http.source_ip.as_ref()?.parse().ok()
}

/// An HTTP API hands the path over decoded, and what is then no path of a URL is
/// cut off or resolved when the request is built: `/%00` would be the home page. It
/// is encoded again. No route of ours has such a path, whatever the query.
fn keep_path(request: &mut Request) {
    let path = request.raw_http_path().as_bytes();
    if path == request.uri().path().as_bytes() {
        return;
    }
    let path = format!("/{}", percent_encode(path, NON_ALPHANUMERIC));
    if let Ok(uri) = path.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What the router gets to see of a request to `path`, as it is handed over.
    fn seen(path: &str) -> String {
        let http = json!({
            "method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
        });
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path,
            "rawQueryString": "token=1", "headers": {"host": "news.example.com"},
            "requestContext": {"stage": "$default", "http": http, "timeEpoch": 0},
            "isBase64Encoded": false,
        });
        let request = lambda_http::request::from_str(&event.to_string());
        let mut request = request.expect("an event");
        keep_path(&mut request);
        assert_eq!(client_address(&request), "192.0.2.1".parse().ok());
        let uri = request.uri().path_and_query();
        uri.expect("a path").to_string()
    }

    #[test]
    fn a_path_of_ours_stays_as_it_is_with_its_query() {
        for path in ["/", "/subscriptions/confirm", "/v1/issues/00-1"] {
            assert_eq!(seen(path), format!("{path}?token=1"));
        }
    }

    #[test]
    fn a_path_that_decoding_has_spoilt_leads_to_no_other_place() {
        for (path, seen_path) in [
            ("/\0", "/%2F%00"),
            ("/x/../login", "/%2Fx%2F%2E%2E%2Flogin"),
            ("/login?x", "/%2Flogin%3Fx"),
            ("/lo gin", "/%2Flo%20gin"),
        ] {
            assert_eq!(seen(path), seen_path);
        }
    }
}
