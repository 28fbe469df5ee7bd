//! `GET /admin/newsletters`

use askama::Template;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::navigation::{Navigation, Place};
use crate::{
    domain::issue::Issue,
    http::{
        Problem, Shared,
        fields::Fields,
        flash::{Flash, TakenFlash},
        page::page,
        problem::FieldError,
    },
    store::issues::IssuePlace,
    use_cases::{list_issues::list_issues, resume_session::SignedIn},
};

/// Past issues on one page.
const PAGE: u16 = 20;

#[derive(Template)]
#[template(path = "admin/newsletters.html")]
struct NewslettersPage {
    nav: Navigation,
    flash: Option<Flash>,
    problems: Vec<FieldError>,
    form: PublishForm,
    issues: Vec<Issue>,
    next: Option<IssuePlace>,
    /// Whether these are not the newest ones.
    paged: bool,
}

/// What stands in the publish form.
#[derive(Debug, Clone, Default)]
pub(crate) struct PublishForm {
    pub(crate) title: String,
    pub(crate) text_content: String,
    pub(crate) html_content: String,
    pub(crate) idempotency_key: String,
}

impl NewslettersPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.problems.iter().any(|problem| problem.field == field)
    }
}

/// The publish form and the past issues.
pub(crate) async fn newsletters(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let after = query
        .optional("after")
        .map_err(|error| Problem::invalid(vec![error]))?
        .map(|text| IssuePlace::parse(text).ok_or(()))
        .transpose()
        .map_err(|()| Problem::bad_request("There is no such page."))?;
    let found = list_issues(&app, after.as_ref(), PAGE).await?;
    let taken = TakenFlash::take(&app, &headers);
    let newsletters_page = NewslettersPage {
        nav: Navigation::new(&signed_in, Place::Newsletters),
        flash: taken.flash,
        problems: Vec::new(),
        form: PublishForm {
            idempotency_key: fresh_key(&app),
            ..PublishForm::default()
        },
        issues: found.issues,
        next: found.next,
        paged: after.is_some(),
    };
    let response = page(StatusCode::OK, &newsletters_page);
    Ok(taken.cleared(&app, response))
}

/// The same page after an issue was refused, with all that was typed.
pub(crate) async fn refused(
    app: &Shared,
    signed_in: &SignedIn,
    status: StatusCode,
    problems: Vec<FieldError>,
    form: PublishForm,
) -> Result<Response, Problem> {
    let found = list_issues(app, None, PAGE).await?;
    let newsletters_page = NewslettersPage {
        nav: Navigation::new(signed_in, Place::Newsletters),
        flash: None,
        problems,
        form,
        issues: found.issues,
        next: found.next,
        paged: false,
    };
    Ok(page(status, &newsletters_page))
}

/// An idempotency key for one issue.
pub(crate) fn fresh_key(app: &Shared) -> String {
    app.randomness.uuid().to_string()
}
