//! The rows of an import become subscribers, a chunk at a time.

mod chunk;

use std::time::Duration;

use jiff::SignedDuration;
use uuid::Uuid;

use chunk::{MAX_ROWS, decide};

use crate::{
    app::AppState,
    domain::import::{Import, Part, next_chunk},
    store::{Decision, StoreError, imports::SaveImport},
};

/// For how long one message is worked on before the rest is left to another:
/// well below the queue's visibility time-out and a function's, and short
/// enough for a host that is to stop.
pub(crate) const TIME_BUDGET: SignedDuration = SignedDuration::from_secs(10);
/// How often in a row somebody else may have changed the import, or one of its
/// subscribers, before it is a fault.
const MAX_CONFLICTS: u32 = 10;
/// The wait after the first conflict; each further one waits this much longer.
const BACKOFF: Duration = Duration::from_millis(5);

/// How a turn of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There is nothing more to do.
    Ended,
    /// The time was up.
    More,
}

/// Works on the import `id` until it is at its end or [`TIME_BUDGET`] is over.
///
/// Each chunk is one transaction: its subscribers, one event about them, and
/// the import with its next place and its counts, on the condition that nobody
/// else has moved it on. So it may be called repeatedly and by several at once,
/// and may end anywhere.
///
/// # Errors
/// See [`StoreError`]: what was worked off by then has had its effect.
pub(crate) async fn work_off_import(app: &AppState, id: Uuid) -> Result<Progress, StoreError> {
    let until = app.clock.now() + TIME_BUDGET;
    let Some(mut import) = app.store.import(id).await? else {
        tracing::error!(import_id = %id, "there is no such import");
        return Ok(Progress::Ended);
    };
    let mut part = None;
    let mut conflicts = 0;
    while import.is_running() {
        if app.clock.now() >= until {
            return Ok(Progress::More);
        }
        load_part(app, &import, &mut part).await?;
        match work_off_chunk(app, &import, part.as_ref()).await {
            Ok(advanced) => {
                import = advanced;
                conflicts = 0;
            }
            Err(error) if error.is_conflict() && conflicts < MAX_CONFLICTS => {
                conflicts += 1;
                tracing::debug!(conflicts, "the state has moved on, deciding again");
                tokio::time::sleep(BACKOFF * conflicts).await;
                import = app.store.import(id).await?.unwrap_or(import);
            }
            Err(error) => return Err(error),
        }
    }
    // Again if a former turn ended in between: nothing else needs them.
    app.store.discard_parts(&import).await?;
    Ok(Progress::Ended)
}

/// The part of a list that is in memory, and its number.
type Loaded = (usize, Part);

/// Makes sure that `part` is the one where `import` stands; none if it is gone.
async fn load_part(
    app: &AppState,
    import: &Import,
    part: &mut Option<Loaded>,
) -> Result<(), StoreError> {
    let number = import.next.part;
    if part.as_ref().is_none_or(|(loaded, _)| *loaded != number) {
        let found = app.store.import_part(import.id, number).await?;
        *part = found.map(|found| (number, found));
    }
    Ok(())
}

/// Works off the next rows of `part`; answers the import as it is then.
async fn work_off_chunk(
    app: &AppState,
    import: &Import,
    part: Option<&Loaded>,
) -> Result<Import, StoreError> {
    let mut most = MAX_ROWS;
    loop {
        let chunk = part.and_then(|(_, part)| next_chunk(part, import.next, import.columns, most));
        let Some(chunk) = chunk else {
            return fail(app, import).await;
        };
        match decide(app, import, chunk).await {
            // Rows with long names: fewer of them fit into an event.
            Err(StoreError::TooLarge(_)) if most > 1 => most /= 2,
            Err(error) => return Err(error),
            Ok((decision, advanced)) => {
                app.store.commit(decision).await?;
                log(import, &advanced);
                return Ok(advanced);
            }
        }
    }
}

/// The import can never go on: its next part is gone, or is not what was
/// stored.
async fn fail(app: &AppState, import: &Import) -> Result<Import, StoreError> {
    let failed = import.fail(app.clock.now());
    let decision = Decision::new().write(SaveImport(failed.clone()));
    app.store.commit(decision).await?;
    tracing::error!(
        import_id = %import.id, part = import.next.part, rows = import.rows, done = import.done(),
        "an import failed: a part of its list is gone or corrupt"
    );
    Ok(failed)
}

fn log(before: &Import, import: &Import) {
    tracing::debug!(import_id = %import.id, done = import.done(), "a chunk was imported");
    if before.is_running() && !import.is_running() {
        tracing::info!(
            import_id = %import.id, rows = import.rows, imported = import.imported,
            already_known = import.already_known, rejected = import.rejected,
            "an import is finished"
        );
    }
}
