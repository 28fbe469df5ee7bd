//! `GET /admin/users`

use askama::Template;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    navigation::{Navigation, Place},
    query::Query,
};
use crate::{
    domain::user::{User, Username},
    http::{
        Problem, Shared,
        flash::{Flash, TakenFlash},
        page::page,
    },
    use_cases::{list_users::list_users, resume_session::SignedIn},
};

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UsersPage {
    nav: Navigation,
    flash: Option<Flash>,
    problem: Option<String>,
    typed: String,
    users: Vec<User>,
    next: Option<Username>,
    /// Whether these are not the first ones.
    paged: bool,
}

/// The list, and the form to add one.
pub(crate) async fn users(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = Query::read(query.as_deref())?.after(|text| Username::parse(text).ok())?;
    let found = list_users(&app, after.as_ref()).await?;
    let taken = TakenFlash::take(&app, &headers);
    let response = page(
        StatusCode::OK,
        &UsersPage {
            nav: Navigation::new(&signed_in, Place::Users),
            flash: taken.flash,
            problem: None,
            typed: String::new(),
            users: found.users,
            next: found.next,
            paged: after.is_some(),
        },
    );
    Ok(taken.cleared(&app, response))
}

/// The same page after a name was refused.
pub(crate) async fn refused(
    app: &Shared,
    signed_in: &SignedIn,
    status: StatusCode,
    problem: String,
    typed: String,
) -> Result<Response, Problem> {
    let found = list_users(app, None).await?;
    let users_page = UsersPage {
        nav: Navigation::new(signed_in, Place::Users),
        flash: None,
        problem: Some(problem),
        typed,
        users: found.users,
        next: found.next,
        paged: false,
    };
    Ok(page(status, &users_page))
}
