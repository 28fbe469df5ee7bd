//! The role that answers HTTP requests.

use std::net::IpAddr;

use axum::Router;
use lambda_host::{Failure, Host, StartError};
use lambda_http::{Request, request::RequestContext, service_fn};
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
