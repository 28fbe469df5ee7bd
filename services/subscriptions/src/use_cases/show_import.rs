//! How far an import is.

use uuid::Uuid;

use crate::{app::AppState, domain::import::Import, store::StoreError};

/// The import with that id.
pub(crate) async fn show_import(app: &AppState, id: Uuid) -> Result<Option<Import>, StoreError> {
    Ok(app.store.import(id).await?)
}
