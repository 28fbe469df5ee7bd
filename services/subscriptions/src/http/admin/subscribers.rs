//! `GET /admin/subscribers`

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
    domain::SubscriberStatus,
    http::{
        Problem, Shared,
        flash::{Flash, TakenFlash},
        page::page,
    },
    store::SubscriberPlace,
    use_cases::{
        list_subscribers::{SubscriberPage, list_subscribers},
        resume_session::SignedIn,
    },
};

/// Subscribers on one page.
const PAGE: u16 = 50;

#[derive(Template)]
#[template(path = "admin/subscribers.html")]
struct SubscribersPage {
    nav: Navigation,
    flash: Option<Flash>,
    search: Search,
    /// Only those who stand there are listed.
    status: Option<SubscriberStatus>,
    found: SubscriberPage,
    /// Whether these are not the newest ones.
    paged: bool,
}

/// What stands in the search form, and what came of it.
#[derive(Default)]
pub(super) struct Search {
    /// What was typed.
    pub(super) typed: String,
    /// Why it is no address, for people.
    pub(super) invalid: Option<String>,
    /// Whether nobody has that address.
    pub(super) nobody: bool,
}

impl SubscribersPage {
    /// Where all are listed, or those who stand there.
    fn list(status: Option<&SubscriberStatus>) -> String {
        match status {
            Some(status) => format!("/admin/subscribers?status={status}"),
            None => "/admin/subscribers".to_owned(),
        }
    }

    /// Where the list goes on.
    fn behind(&self, place: &SubscriberPlace) -> String {
        match self.status {
            Some(status) => format!("/admin/subscribers?status={status}&after={place}"),
            None => format!("/admin/subscribers?after={place}"),
        }
    }
}

/// The list, and the form that finds somebody by their address.
pub(super) async fn subscribers(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref())?;
    let status = query.parsed("status", SubscriberStatus::parse)?;
    let after = query.after(SubscriberPlace::parse)?;
    let found = list_subscribers(&app, status, after.as_ref(), PAGE).await?;
    let taken = TakenFlash::take(&app, &headers);
    let response = page(
        StatusCode::OK,
        &SubscribersPage {
            nav: Navigation::new(&signed_in, Place::Subscribers),
            flash: taken.flash,
            search: Search::default(),
            status,
            found,
            paged: after.is_some(),
        },
    );
    Ok(taken.cleared(&app, response))
}

/// The same page after a search that found nobody.
pub(super) async fn not_found(
    app: &Shared,
    signed_in: &SignedIn,
    status: StatusCode,
    search: Search,
) -> Result<Response, Problem> {
    let found = list_subscribers(app, None, None, PAGE).await?;
    let subscribers_page = SubscribersPage {
        nav: Navigation::new(signed_in, Place::Subscribers),
        flash: None,
        search,
        status: None,
        found,
        paged: false,
    };
    Ok(page(status, &subscribers_page))
}
