//! The HTTP surface: one file for each route, and the middleware around all.

pub(crate) mod admin;
pub(crate) mod assets;
mod body;
mod client_address;
mod confirm;
mod cookies;
mod cross_site;
mod fields;
mod flash;
#[cfg(test)]
mod fuzzing;
mod health_check;
mod home;
mod json;
mod links;
mod login;
mod no_store;
mod page;
mod problem;
mod problem_document;
mod problem_kind;
mod render_problems;
mod request_id;
mod schedule;
mod security_headers;
mod session;
mod subscribe;
mod time_limit;
mod trace;
mod unsubscribe;
mod v1;

use std::sync::Arc;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};

use crate::app::AppState;

pub use client_address::ClientAddress;
pub(crate) use links::Links;
use problem::Problem;

/// The state of every route.
pub(crate) type Shared = Arc<AppState>;

/// Every route, with its middleware.
pub(crate) fn router(state: Shared) -> Router {
    public_routes()
        .merge(admin::routes(&state))
        .merge(v1::routes(&state))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        // The last one added is the first to see a request.
        .layer(from_fn(time_limit::time_limit))
        .layer(from_fn(render_problems::render_problems))
        .layer(from_fn_with_state(
            Arc::clone(&state),
            security_headers::security_headers,
        ))
        .layer(from_fn(trace::trace))
        .layer(from_fn_with_state(
            Arc::clone(&state),
            request_id::request_id,
        ))
        .with_state(state)
}

/// What subscribers and probes use.
fn public_routes() -> Router<Shared> {
    let with_tokens = Router::new()
        // A HEAD request, as some programs that check links make, confirms nobody.
        .route(
            "/subscriptions/confirm",
            get(confirm::confirm).head(async || Problem::method_not_allowed()),
        )
        .route(
            "/subscriptions/unsubscribe",
            get(unsubscribe::ask).post(unsubscribe::unsubscribe),
        )
        .layer(from_fn(no_store::no_store));
    Router::new()
        .route("/assets/progress.js", get(assets::progress))
        .route("/assets/style.css", get(assets::style))
        .route("/health_check", get(health_check::health_check))
        .route("/", get(home::home))
        .route("/subscriptions", post(subscribe::subscribe))
        .merge(with_tokens)
}
