//! `POST /admin/subscribers/find`

use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    FORM_LIMIT,
    subscribers::{self, Search},
};
use crate::{
    domain::SubscriberEmail,
    http::{Problem, Shared, fields::Fields},
    use_cases::{find_subscriber::find_subscriber, resume_session::SignedIn},
};

/// Leads to the subscriber with the address that was typed, in any case. A
/// post, so that no address stands in a URL: those are kept by browsers and
/// logged by whatever is between them and us.
pub(super) async fn find(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request, FORM_LIMIT).await?;
    let [typed] = fields.all_of(["email"])?;
    let mut search = Search {
        typed: typed.to_owned(),
        ..Search::default()
    };
    let email = match SubscriberEmail::parse(typed) {
        Ok(email) => email,
        Err(invalid) => {
            search.invalid = Some(invalid.to_string());
            let status = StatusCode::BAD_REQUEST;
            return subscribers::not_found(&app, &signed_in, status, search).await;
        }
    };
    if let Some(subscriber) = find_subscriber(&app, &email).await? {
        let path = format!("/admin/subscribers/{}", subscriber.id);
        return Ok(Redirect::to(&path).into_response());
    }
    search.nobody = true;
    subscribers::not_found(&app, &signed_in, StatusCode::OK, search).await
}
