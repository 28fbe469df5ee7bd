//! Serving HTTP.

use std::net::SocketAddr;

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    middleware::{self, Next},
    response::Response,
};
use subscriptions::ClientAddress;
use tokio::net::TcpListener;
use tracing::{Dispatch, instrument::WithSubscriber};

use crate::shutdown::Stopping;

/// `router` as the service's own: its requests know where they come from, and
/// log and trace to `dispatch`.
pub(crate) fn hosted(router: Router, dispatch: Dispatch) -> Router {
    router.layer(middleware::from_fn_with_state(dispatch, host))
}

async fn host(
    State(dispatch): State<Dispatch>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(ClientAddress(peer.ip()));
    next.run(request).with_subscriber(dispatch).await
}

/// Serves `router` until it is time to stop, and finishes the requests that
/// are under way by then.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stopping: Stopping) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(async move { stopping.wait().await })
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "serving ended");
    }
}
