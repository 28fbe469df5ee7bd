//! `GET /admin/newsletters/{id}`

use askama::Template;
use axum::{Extension, extract::State, http::StatusCode, response::Response};

use super::{
    id::Id,
    issue_controls,
    navigation::{Navigation, Place},
};
use crate::{
    domain::issue::Issue,
    http::{Problem, Shared, page::page_with_script},
    use_cases::{resume_session::SignedIn, show_issue::show_issue},
};

#[derive(Template)]
#[template(path = "admin/issue.html")]
struct IssuePage {
    nav: Navigation,
    issue: Issue,
    /// What is wrong with the counts, for people.
    difference: Option<String>,
}

impl IssuePage {
    /// Whether delivery has said anything of it.
    fn has_begun(&self) -> bool {
        self.issue.delivery_version > 0
    }

    /// The recipients by outcome, each with its name.
    fn outcomes(&self) -> [(&'static str, u64); 9] {
        let counts = self.issue.counts;
        [
            ("Recipients", counts.recipients),
            ("Pending", counts.pending),
            ("Accepted", counts.accepted),
            ("Failed", counts.failed),
            ("Suppressed", counts.suppressed),
            ("Skipped", counts.skipped),
            ("Held", counts.held),
            ("Bounced", counts.bounced),
            ("Complained", counts.complained),
        ]
    }

    /// How much there is to do, and how much is done; an issue for nobody is
    /// done as soon as it has begun.
    fn progress(&self) -> (u64, u64) {
        let counts = self.issue.counts;
        match (self.has_begun(), counts.recipients) {
            (false, _) => (1, 0),
            (true, 0) => (1, 1),
            (true, recipients) => (recipients, counts.settled()),
        }
    }
}

/// An issue's progress and outcome.
pub(crate) async fn issue(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
) -> Result<Response, Problem> {
    let issue = show_issue(&app, id).await?.ok_or_else(Problem::not_found)?;
    let difference = issue_controls::difference(&app, &issue).await?;
    let nav = Navigation::new(&signed_in, Place::Newsletters);
    let issue_page = IssuePage {
        nav,
        issue,
        difference,
    };
    Ok(page_with_script(StatusCode::OK, &issue_page))
}
