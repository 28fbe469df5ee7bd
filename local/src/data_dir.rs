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
use crate::services_mark::Owner;

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
    /// Its data is of other services than those that are to run.
    #[error("{path} {}", holds(*owner))]
    OfOthers {
        /// The directory.
        path: PathBuf,
        /// Whose it is.
        owner: Owner,
    },
    /// The mark of whose data it is is damaged.
    #[error("{0} must say both, subscriptions or delivery; restore it from a copy")]
    BadMark(PathBuf),
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
                write_keys(&secrets)
                    .map_err(io::Error::from)
                    .and_then(|keys| self.replace(KEYS, &keys))
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

    /// Writes the file `name` so that there is either all of it or what was
    /// there before, whenever the process or the machine stops.
    pub(crate) fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.path.join(format!("{name}.new"));
        let mut file = private_file().truncate(true).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, self.path.join(name))?;
        File::open(&self.path)?.sync_all()
    }
}

fn holds(owner: Owner) -> String {
    match owner {
        Owner::Both => "holds the data of both services".to_owned(),
        Owner::One(service) => {
            format!("holds the data of one service: only with --only {service} is it of use")
        }
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
mod tests;
