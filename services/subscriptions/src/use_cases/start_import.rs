//! An admin hands in a list of subscribers.

use bytes::Bytes;
use uuid::Uuid;

use crate::{
    app::AppState,
    domain::import::{CheckedList, Import, InvalidList, Part},
    inbound::imports::ImportMessage,
    store::{
        Decision, StoreError,
        imports::{BeginImport, StorePart},
    },
};

/// Why a list was not taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartImportError {
    /// It is no list; says why, for people.
    #[error("{0}")]
    Invalid(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The check of the list did not come to its end: a fault of ours.
    #[error("the check of a list was interrupted")]
    Interrupted,
}

impl From<InvalidList> for StartImportError {
    fn from(error: InvalidList) -> Self {
        Self::Invalid(error.to_string())
    }
}

/// Takes in the list `csv`, for whose subscribers' consent `author` vouches,
/// and has it worked off in the background; tells the import's id.
///
/// The parts of the list are stored first and the import last: what a crash
/// leaves without an import is of no effect, and expires. An import whose
/// message is lost is found by `sweep_imports`.
///
/// # Errors
/// See [`StartImportError`].
pub(crate) async fn start_import(
    app: &AppState,
    author: Uuid,
    csv: Bytes,
) -> Result<Uuid, StartImportError> {
    let (id, now) = (app.randomness.uuid(), app.clock.now());
    let traceparent = telemetry::current_traceparent();
    let checking = move || begin(id, author, &csv, traceparent, now);
    let (import, parts) = tokio::task::spawn_blocking(checking)
        .await
        .map_err(|_| StartImportError::Interrupted)??;
    for (number, part) in parts.into_iter().enumerate() {
        let decision = Decision::new().write(StorePart {
            import_id: id,
            number,
            part,
            now,
        });
        app.store.commit(decision).await.map_err(StoreError::from)?;
    }
    let decision = Decision::new().write(BeginImport(import.clone()));
    app.store.commit(decision).await.map_err(StoreError::from)?;
    tracing::info!(import_id = %id, user_id = %author, rows = import.rows, "an import was started");
    if import.is_running()
        && let Err(error) = app
            .import_queue
            .send(ImportMessage::of(&import).body())
            .await
    {
        tracing::warn!(import_id = %id, %error, "an import waits for the next sweep");
    }
    Ok(id)
}

/// Checks a list, whose size is bounded.
fn begin(
    id: Uuid,
    author: Uuid,
    csv: &[u8],
    traceparent: Option<String>,
    now: jiff::Timestamp,
) -> Result<(Import, Vec<Part>), InvalidList> {
    let list = CheckedList::check(csv)?;
    let import = Import::begin(id, author, &list, traceparent, now);
    Ok((
        import,
        list.parts.iter().map(|part| part.cut_out()).collect(),
    ))
}
