//! What the versions of `issue.published` tell, in delivery's own words.

use contracts::{
    Personal,
    events::{IssuePublishedV1, IssuePublishedV2},
};
use outbox::HandleError;

use crate::domain::{
    content::{Content, Extras},
    issue::Issue,
};

/// What a v1 tells.
pub(super) fn v1(published: &IssuePublishedV1) -> (Issue, Content) {
    let issue = Issue::published(published.issue_id, published.published_at);
    let content = Content {
        title: published.title.clone(),
        html: published.html_content.clone(),
        text: published.text_content.clone(),
        extras: None,
    };
    (issue, content)
}

/// What a v2 tells.
///
/// # Errors
/// A permanent one if the content is not the one that was hashed: nobody is to
/// be mailed a mutilated issue.
pub(super) fn v2(published: &IssuePublishedV2) -> Result<(Issue, Content), HandleError> {
    if !published.is_intact() {
        return Err(HandleError::Permanent(format!(
            "the content of issue {} does not have the content_sha256 that the event tells",
            published.issue_id
        )));
    }
    let issue = Issue::published(published.issue_id, published.published_at);
    let extras = Extras {
        preheader: published.preheader.clone(),
        sender_name: published.sender_name.clone().map(Personal::into_inner),
    };
    let content = Content {
        title: published.title.clone(),
        html: published.html_content.clone(),
        text: published.text_content.clone(),
        extras: Some(extras),
    };
    Ok((issue, content))
}
