//! The past and present imports.

use crate::{
    app::AppState,
    domain::import::Import,
    store::{StoreError, imports::ImportPlace},
};

/// Some imports, the newest first.
#[derive(Debug)]
pub(crate) struct ImportPage {
    /// The imports.
    pub(crate) items: Vec<Import>,
    /// Where to go on; none after the last one.
    pub(crate) next: Option<ImportPlace>,
}

/// At most `limit` of the imports that were started before `after`.
pub(crate) async fn list_imports(
    app: &AppState,
    after: Option<&ImportPlace>,
    limit: u16,
) -> Result<ImportPage, StoreError> {
    let page = app.store.imports(after, limit).await?;
    let next = match page.next {
        Some(_) => page.items.last().map(ImportPlace::of),
        None => None,
    };
    Ok(ImportPage {
        items: page.items,
        next,
    })
}
