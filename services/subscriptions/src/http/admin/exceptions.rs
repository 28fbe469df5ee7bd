//! `GET /admin/newsletters/{id}/exceptions`

use std::collections::HashMap;

use askama::Template;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use uuid::Uuid;

use super::{
    id::Id,
    navigation::{Navigation, Place},
    query::Query,
};
use crate::{
    domain::{
        Subscriber, SubscriberId,
        exception::{Exception, ExceptionOutcome},
        issue::Issue,
    },
    http::{
        Problem, Shared,
        flash::{Flash, TakenFlash},
        page::page,
    },
    store::exceptions::ExceptionPlace,
    use_cases::{
        list_exceptions::list_exceptions, resume_session::SignedIn, show_issue::show_issue,
    },
};

/// Exceptions on one page.
const PAGE: u16 = 50;

#[derive(Template)]
#[template(path = "admin/exceptions.html")]
struct ExceptionsPage {
    nav: Navigation,
    flash: Option<Flash>,
    issue: Issue,
    /// Only those of this outcome are listed.
    outcome: Option<ExceptionOutcome>,
    items: Vec<Exception>,
    next: Option<ExceptionPlace>,
    /// Those of the recipients who are still there.
    subscribers: HashMap<SubscriberId, Subscriber>,
    search: RecipientSearch,
    /// Whether these are not the first ones.
    paged: bool,
}

/// What was typed into the search for a recipient, and why nobody was found.
#[derive(Debug, Default)]
pub(super) struct RecipientSearch {
    pub(super) typed: String,
    pub(super) problem: Option<String>,
}

impl ExceptionsPage {
    /// Where all are listed, or those of one outcome.
    fn list(&self, outcome: Option<&ExceptionOutcome>) -> String {
        let id = self.issue.id;
        match outcome {
            Some(outcome) => format!("/admin/newsletters/{id}/exceptions?outcome={outcome}"),
            None => format!("/admin/newsletters/{id}/exceptions"),
        }
    }

    /// Where the list goes on.
    fn behind(&self, place: &ExceptionPlace) -> String {
        let list = self.list(self.outcome.as_ref());
        let separator = if self.outcome.is_some() { '&' } else { '?' };
        format!("{list}{separator}after={place}")
    }

    /// The recipient's address, as long as they are known.
    fn address(&self, id: &SubscriberId) -> Option<&str> {
        self.subscribers.get(id).map(|it| it.email.as_str())
    }
}

/// The list, and the form that finds one recipient.
pub(super) async fn exceptions(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref())?;
    let outcome = query.parsed("outcome", ExceptionOutcome::parse)?;
    let of_this_list = |text: &str| ExceptionPlace::parse(text).filter(|it| it.is_of(outcome));
    let after = query.after(of_this_list)?;
    let taken = TakenFlash::take(&app, &headers);
    let mut shown = load(&app, &signed_in, id, outcome, after.as_ref()).await?;
    shown.flash = taken.flash;
    Ok(taken.cleared(&app, page(StatusCode::OK, &shown)))
}

/// The same page after a search that found nobody.
pub(super) async fn not_found(
    app: &Shared,
    signed_in: &SignedIn,
    id: Uuid,
    status: StatusCode,
    search: RecipientSearch,
) -> Result<Response, Problem> {
    let shown = ExceptionsPage {
        search,
        ..load(app, signed_in, id, None, None).await?
    };
    Ok(page(status, &shown))
}

async fn load(
    app: &Shared,
    signed_in: &SignedIn,
    id: Uuid,
    outcome: Option<ExceptionOutcome>,
    after: Option<&ExceptionPlace>,
) -> Result<ExceptionsPage, Problem> {
    let issue = show_issue(app, id).await?.ok_or_else(Problem::not_found)?;
    let found = list_exceptions(app, id, outcome, after, PAGE).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    let ids: Vec<_> = found.items.iter().map(|it| it.subscriber_id).collect();
    let subscribers = app.store.subscribers_among(&ids).await?;
    Ok(ExceptionsPage {
        nav: Navigation::new(signed_in, Place::Newsletters),
        flash: None,
        issue,
        outcome,
        items: found.items,
        next: found.next,
        subscribers: subscribers.into_iter().map(|it| (it.id, it)).collect(),
        search: RecipientSearch::default(),
        paged: after.is_some(),
    })
}
