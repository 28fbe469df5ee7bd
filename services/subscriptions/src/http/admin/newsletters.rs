//! `GET /admin/newsletters`

use askama::Template;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header::CACHE_CONTROL},
    response::Response,
};

use super::{
    navigation::{Navigation, Place},
    query::Query,
};
use crate::{
    domain::issue::Issue,
    http::{
        Problem, Shared,
        flash::{Flash, TakenFlash},
        page::page,
        problem::FieldError,
    },
    store::issues::IssuePlace,
    use_cases::{list_issues::list_issues, resume_session::SignedIn},
};

/// Not `no-store`: with that, browsers forget what was typed into the form as
/// soon as another page comes, the log-in after the session's end for one, and
/// the way back leads to an empty form. The price: whoever sits down at the same
/// browser can go back to the page from which somebody signed out, and read
/// what stood there; signing out makes it forget the earlier ones.
const KEEPS_WHAT_WAS_TYPED: HeaderValue = HeaderValue::from_static("private, no-cache");
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
    pub(crate) preheader: String,
    pub(crate) sender_name: String,
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
    let after = Query::read(query.as_deref())?.after(IssuePlace::parse)?;
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
    let response = restorable(page(StatusCode::OK, &newsletters_page));
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
    Ok(restorable(page(status, &newsletters_page)))
}

/// `response`, with what is typed into it when the browser comes back to it.
fn restorable(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(CACHE_CONTROL, KEEPS_WHAT_WAS_TYPED);
    response
}

/// An idempotency key for one issue.
pub(crate) fn fresh_key(app: &Shared) -> String {
    app.randomness.uuid().to_string()
}
