//! What admins see and do in a browser.

mod add_user;
mod change_password;
mod create_token;
mod dashboard;
mod disable_user;
mod erase_subscriber;
mod exceptions;
mod find_subscriber;
mod held;
pub(super) mod id;
mod import;
mod imports;
mod invite_again;
mod issue;
mod issue_controls;
mod log_out;
mod navigation;
mod newsletters;
mod publish;
mod query;
mod recipient;
mod revoke_token;
mod start_import;
mod subscriber;
mod subscribers;
mod tokens;
mod upload;
mod users;

use std::sync::Arc;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    response::Redirect,
    routing::{any, get, post},
};
use jiff::Timestamp;

use super::{
    Problem, Shared, cross_site::refuse_cross_site, login, no_store::no_store,
    session::require_session,
};

/// The most bytes of a form here, unless it holds an issue.
const FORM_LIMIT: usize = 16 * 1024;

/// The admin routes, and the one that leads there.
pub(crate) fn routes(state: &Shared) -> Router<Shared> {
    let for_users = Router::new()
        .route("/admin", get(async || Redirect::to("/admin/dashboard")))
        .route("/admin/dashboard", get(dashboard::dashboard))
        .route(
            "/admin/newsletters",
            get(newsletters::newsletters).post(publish::publish),
        )
        .route("/admin/newsletters/{id}", get(issue::issue))
        .merge(sending())
        .route("/admin/subscribers", get(subscribers::subscribers))
        .route(
            "/admin/subscribers/find",
            // The address that stays in the browser when nobody was found.
            get(async || Redirect::to("/admin/subscribers")).post(find_subscriber::find),
        )
        .route("/admin/subscribers/{id}", get(subscriber::subscriber))
        .route(
            "/admin/subscribers/{id}/erase",
            post(erase_subscriber::erase),
        )
        .route(
            "/admin/imports",
            get(imports::imports).post(start_import::start),
        )
        .route("/admin/imports/{id}", get(import::import))
        .route(
            "/admin/tokens",
            get(tokens::tokens).post(create_token::create),
        )
        .route("/admin/tokens/{id}/revoke", post(revoke_token::revoke))
        .route(
            "/admin/password",
            get(change_password::form).post(change_password::submit),
        )
        .route("/admin/users", get(users::users).post(add_user::add))
        .route("/admin/users/{id}/disable", post(disable_user::disable))
        .route(
            "/admin/users/{id}/one-time-password",
            post(invite_again::invite_again),
        )
        .route("/admin/logout", post(log_out::submit))
        // Unknown ones too tell nothing to who is not signed in.
        .route("/admin/", any(async || Problem::not_found()))
        .route("/admin/{*rest}", any(async || Problem::not_found()))
        // Before the layer, which has to stand around this answer as well.
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(from_fn_with_state(Arc::clone(state), require_session));
    Router::new()
        .route("/login", get(login::form).post(login::submit))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .merge(for_users)
        .layer(from_fn_with_state(Arc::clone(state), refuse_cross_site))
        .layer(from_fn(no_store))
}

/// What admins see and do of the sending of an issue.
fn sending() -> Router<Shared> {
    Router::new()
        .route("/admin/newsletters/{id}/pause", post(issue_controls::pause))
        .route(
            "/admin/newsletters/{id}/resume",
            post(issue_controls::resume),
        )
        .route(
            "/admin/newsletters/{id}/cancel",
            post(issue_controls::cancel),
        )
        .route(
            "/admin/newsletters/{id}/exceptions",
            get(exceptions::exceptions),
        )
        .route("/admin/newsletters/{id}/held", post(held::resolve))
        .route("/admin/newsletters/{id}/recipients", post(recipient::find))
        .route(
            "/admin/newsletters/{id}/recipients/{subscriber_id}",
            get(recipient::recipient),
        )
}

/// A moment for people, to the minute.
pub(crate) fn moment(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
