//! SQLite, for what the host itself keeps.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;

/// One SQLite database with one connection, which is therefore its only
/// writer. Every commit is synced to disk before it is answered.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    connection: Arc<Mutex<Connection>>,
}

/// The database cannot be opened, or does not answer.
#[derive(Debug, thiserror::Error)]
#[error("the database failed: {0}")]
pub struct DatabaseError(String);

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        // SQLite's own texts name tables and columns, and never a value.
        Self(error.to_string())
    }
}

impl Database {
    /// Opens the file `path`, or a database in memory, and applies `schema`,
    /// whose statements must bear being repeated.
    pub(crate) fn open(path: Option<&Path>, schema: &str) -> Result<Self, DatabaseError> {
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Deleted mails and messages leave nothing readable behind.
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.execute_batch(schema)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Runs `work` on a thread that may block.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            // A panic in `work` rolled its transaction back: the connection is sound.
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut connection).map_err(DatabaseError::from)
        })
        .await
        .map_err(|error| DatabaseError(error.to_string()))?
    }
}
