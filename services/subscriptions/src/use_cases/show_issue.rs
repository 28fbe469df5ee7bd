//! How an issue goes.

use uuid::Uuid;

use crate::{app::AppState, domain::issue::Issue, store::StoreError};

/// The issue with that id.
pub(crate) async fn show_issue(app: &AppState, id: Uuid) -> Result<Option<Issue>, StoreError> {
    Ok(app.store.issue(id).await?)
}
