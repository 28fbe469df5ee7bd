//! The directory that holds everything this installation knows.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use ambient::SharedRandomness;
use subscriptions::Secrets;

use crate::keys::{fresh_secrets, read_keys, write_keys};
use crate::private_files::{private_directory, private_file, restrict};

const LOCK: &str = "lock";
const KEYS: &str = "keys.json";
const STORE: &str = "store.db";
const UNFINISHED_STORE: &str = "store.db.new";
const QUEUES: &str = "queues.db";
const MAILBOX: &str = "mailbox.db";

/// What SQLite adds to the name of a database for the files beside it. It
/// makes them with the mode that the database has.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// A data directory that belongs to this process until it is dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// The data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It cannot be made, or not written to.
    #[error("cannot use {path}: {source}")]
    Unusable {
        /// What cannot be used.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process has it.
    #[error("{0} is in use by another process")]
    InUse(PathBuf),
    /// The file of the keys is damaged.
    #[error("{0} does not hold the keys it should; restore it from a copy")]
    BadKeys(PathBuf),
    /// The file of the keys is gone, and the data made with them is there.
    #[error("{0} is missing, and without it no mailed link works: restore it from a copy")]
    LostKeys(PathBuf),
}

impl DataDir {
    /// Makes the directory, for its owner alone, unless it is there, and takes
    /// it for this process. Its files are for their owner alone, whatever mode
    /// the directory has. The lock ends with the process, however that ends.
    ///
    /// # Errors
    /// See [`DataDirError`].
    pub fn take(path: &Path) -> Result<Self, DataDirError> {
        let unusable = |source| DataDirError::Unusable {
            path: path.to_owned(),
            source,
        };
        private_directory().create(path).map_err(unusable)?;
        let path = path.canonicalize().map_err(unusable)?;
        let lock_path = path.join(LOCK);
        let lock = private_file().open(&lock_path).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataDirError::InUse(path)),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let taken = Self { path, _lock: lock };
        taken.make_private().map_err(unusable)?;
        Ok(taken)
    }

    /// Makes the databases, still empty, since SQLite would let others read
    /// them; and takes the right from who has it in a directory of old.
    fn make_private(&self) -> io::Result<()> {
        for name in [STORE, QUEUES, MAILBOX] {
            private_file().open(self.path.join(name))?;
            for beside in BESIDE {
                restrict(&self.path.join(format!("{name}{beside}")))?;
            }
        }
        restrict(&self.path.join(LOCK))?;
        restrict(&self.path.join(KEYS))
    }

    /// Where it is, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The tables of both services.
    pub fn store(&self) -> PathBuf {
        self.path.join(STORE)
    }

    /// The queues and dead letters.
    pub fn queues(&self) -> PathBuf {
        self.path.join(QUEUES)
    }

    /// The built-in mailbox.
    pub fn mailbox(&self) -> PathBuf {
        self.path.join(MAILBOX)
    }

    /// The keys of this installation, made when they are asked for first.
    ///
    /// # Errors
    /// The file cannot be read or written, holds something else, or is gone
    /// while there is data.
    pub fn secrets(&self, randomness: &SharedRandomness) -> Result<Secrets, DataDirError> {
        let path = self.path.join(KEYS);
        match fs::read(&path) {
            Ok(bytes) => read_keys(&bytes).ok_or(DataDirError::BadKeys(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if self.has_data() {
                    return Err(DataDirError::LostKeys(path));
                }
                let secrets = fresh_secrets(randomness);
                self.store_keys(&path, &secrets)
                    .map_err(|source| DataDirError::Unusable { path, source })?;
                Ok(secrets)
            }
            Err(source) => Err(DataDirError::Unusable { path, source }),
        }
    }

    /// Where the store is made at the first start: a process that dies while
    /// tables are made leaves nothing that would be taken for a store.
    ///
    /// # Errors
    /// What a former start left there cannot be removed, or nothing be made.
    pub(crate) fn unfinished_store(&self) -> Result<PathBuf, DataDirError> {
        let path = self.path.join(UNFINISHED_STORE);
        let make = || {
            for suffix in BESIDE {
                remove(&self.path.join(format!("{UNFINISHED_STORE}{suffix}")))?;
            }
            private_file().open(&path).map(drop)
        };
        match make() {
            Ok(()) => Ok(path),
            Err(source) => Err(DataDirError::Unusable { path, source }),
        }
    }

    /// Makes the unfinished store, which nobody has open any more, the store.
    ///
    /// # Errors
    /// It cannot be moved.
    pub(crate) fn finish_store(&self) -> Result<(), DataDirError> {
        let unfinished = self.path.join(UNFINISHED_STORE);
        // Whoever closes a database last writes its log into it.
        let log = self.path.join(format!("{UNFINISHED_STORE}-wal"));
        let finish = || {
            if log.exists() {
                return Err(io::Error::other("its log was not written into it"));
            }
            File::open(&unfinished)?.sync_all()?;
            fs::rename(&unfinished, self.store())?;
            File::open(&self.path)?.sync_all()
        };
        finish().map_err(|source| DataDirError::Unusable {
            path: unfinished.clone(),
            source,
        })
    }

    /// Whether anything was ever stored.
    pub(crate) fn has_data(&self) -> bool {
        fs::metadata(self.store()).is_ok_and(|store| store.len() > 0)
    }

    /// Writes the keys so that there are either none or all of them, whenever
    /// the process or the machine stops.
    fn store_keys(&self, path: &Path, secrets: &Secrets) -> io::Result<()> {
        let unfinished = path.with_extension("json.new");
        let mut file = private_file().truncate(true).open(&unfinished)?;
        file.write_all(&write_keys(secrets)?)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        File::open(&self.path)?.sync_all()
    }
}

/// Removes a file that need not be there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ambient::SystemRandomness;
    use secrecy::ExposeSecret;

    use super::*;

    fn randomness() -> SharedRandomness {
        Arc::new(SystemRandomness)
    }

    #[test]
    fn a_directory_is_for_one_at_a_time() {
        let parent = tempfile::tempdir().expect("a directory");
        let path = parent.path().join("deep/down");
        let first = DataDir::take(&path).expect("the directory");
        assert!(matches!(DataDir::take(&path), Err(DataDirError::InUse(_))));
        drop(first);
        DataDir::take(&path).expect("the directory again");
    }

    #[test]
    fn keys_that_got_lost_are_not_made_anew() {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::take(parent.path()).expect("the directory");
        dir.secrets(&randomness()).expect("keys");
        fs::write(dir.store(), "data").expect("a store");
        fs::remove_file(dir.path().join(KEYS)).expect("the keys were there");
        let refused = dir.secrets(&randomness());
        assert!(matches!(refused, Err(DataDirError::LostKeys(_))));
    }

    #[test]
    fn a_store_that_was_left_unfinished_is_made_anew() {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::take(parent.path()).expect("the directory");
        let unfinished = dir.unfinished_store().expect("a place");
        fs::write(&unfinished, "half a store").expect("half a store");
        assert!(!dir.has_data());
        let again = dir.unfinished_store().expect("the same place");
        assert_eq!(fs::read(again).expect("a file"), b"");
        dir.finish_store().expect("a store");
        assert!(dir.store().exists() && !unfinished.exists());
    }

    #[test]
    fn keys_are_made_once() {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::take(parent.path()).expect("the directory");
        let made = dir.secrets(&randomness()).expect("fresh keys");
        let read = dir.secrets(&randomness()).expect("the same keys");
        assert_eq!(
            made.address_key.expose_secret(),
            read.address_key.expose_secret()
        );
        assert_ne!(
            read.address_key.expose_secret(),
            read.unsubscribe_key.expose_secret()
        );
    }

    #[test]
    fn damaged_keys_are_not_replaced() {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::take(parent.path()).expect("the directory");
        let path = dir.path().join(KEYS);
        fs::write(&path, r#"{"unsubscribe_key":"00","address_key":"00"}"#).expect("a file");
        let error = dir.secrets(&randomness()).expect_err("damaged keys");
        assert!(matches!(error, DataDirError::BadKeys(_)));
    }

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        let found = fs::metadata(path).expect("it is there");
        found.permissions().mode() & 0o777
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look_inside() {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::take(&parent.path().join("data")).expect("the directory");
        dir.secrets(&randomness()).expect("keys");
        assert_eq!(mode(dir.path()), 0o700);
        assert_eq!(mode(&dir.path().join(KEYS)), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn in_a_directory_that_all_may_read_the_files_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().expect("a directory");
        let path = parent.path();
        for old in ["mailbox.db", "mailbox.db-wal"] {
            fs::write(path.join(old), "").expect("a file");
            let readable = fs::Permissions::from_mode(0o644);
            fs::set_permissions(path.join(old), readable).expect("its mode");
        }
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("its mode");

        let dir = DataDir::take(path).expect("the directory");
        dir.secrets(&randomness()).expect("keys");
        // A write-ahead log of our own, beside a database of our own.
        let database = rusqlite::Connection::open(dir.queues()).expect("a database");
        database
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (x);")
            .expect("a table");
        assert_eq!(mode(path), 0o755);
        let files: Vec<_> = fs::read_dir(path)
            .expect("a list")
            .map(|entry| entry.expect("a file").path())
            .collect();
        assert!(files.contains(&path.join("queues.db-wal")), "{files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }
}
