//! What programs do: `/v1`, in JSON.
//!
//! Every route is added by `routes!`, which takes path and method from the
//! handler's own description, so that `GET /openapi.json` tells of all of them.
//! The middleware `require_token` stands around all of them but the one that
//! issues tokens; cookies play no role here.

mod bearer;
mod controls;
mod exceptions;
mod held;
mod imports;
mod issues;
mod json;
mod openapi;
mod paging;
mod publish;
mod subscribers;
mod tokens;

use std::sync::Arc;

use axum::{
    Router,
    http::HeaderValue,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Problem, Shared, no_store::no_store};

/// What every 401 here says of how to do better.
pub(crate) const CHALLENGE: HeaderValue = HeaderValue::from_static(bearer::SCHEME);
/// Where the description is.
const DESCRIPTION: &str = "/openapi.json";

/// Whether what is answered at `path` is for programs, errors included.
pub(crate) fn is_for_programs(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/") || path == DESCRIPTION
}

/// The routes for programs, and their description.
pub(crate) fn routes(state: &Shared) -> Router<Shared> {
    let (without_token, mut description) =
        OpenApiRouter::with_openapi(openapi::frame(&state.links))
            .routes(routes!(tokens::issue))
            .split_for_parts();
    let (with_token, described) = with_token().split_for_parts();
    description.merge(described);
    openapi::complete(&mut description);

    let with_token = with_token
        // Before the layer, which has to stand around this answer as well.
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(from_fn_with_state(Arc::clone(state), bearer::require_token));
    Router::new()
        .route(DESCRIPTION, get(async move || openapi::serve(&description)))
        .route("/v1", any(async || Problem::not_found()))
        .route("/v1/", any(async || Problem::not_found()))
        .route("/v1/{*rest}", any(async || Problem::not_found()))
        .merge(without_token)
        .merge(with_token)
        .layer(from_fn(no_store))
}

/// What a program does with its token.
fn with_token() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(publish::publish, issues::list))
        .routes(routes!(issues::show))
        .routes(routes!(controls::pause))
        .routes(routes!(controls::resume))
        .routes(routes!(controls::cancel))
        .routes(routes!(exceptions::list))
        .routes(routes!(exceptions::recipient))
        .routes(routes!(held::resolve))
        .routes(routes!(imports::start))
        .routes(routes!(imports::show))
        .routes(routes!(subscribers::list))
        .routes(routes!(subscribers::show, subscribers::erase))
}
