//! The directory that holds everything this installation knows.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use ambient::SharedRandomness;
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};
use subscriptions::Secrets;

/// How many bytes each key has.
const KEY_BYTES: usize = 32;

const LOCK: &str = "lock";
const KEYS: &str = "keys.json";

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
}

/// The file of the keys.
#[derive(Serialize, Deserialize)]
struct KeysFile {
    unsubscribe_key: String,
    address_key: String,
}

impl DataDir {
    /// Makes the directory, for its owner alone, unless it is there, and takes
    /// it for this process. The lock ends with the process, however that ends.
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
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(path)),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Where it is, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The tables of both services.
    pub fn store(&self) -> PathBuf {
        self.path.join("store.db")
    }

    /// The queues and dead letters.
    pub fn queues(&self) -> PathBuf {
        self.path.join("queues.db")
    }

    /// The built-in mailbox.
    pub fn mailbox(&self) -> PathBuf {
        self.path.join("mailbox.db")
    }

    /// The keys of this installation, made when they are asked for first.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds something else.
    pub fn secrets(&self, randomness: &SharedRandomness) -> Result<Secrets, DataDirError> {
        let path = self.path.join(KEYS);
        match fs::read(&path) {
            Ok(bytes) => read_keys(&bytes).ok_or(DataDirError::BadKeys(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secrets = fresh_secrets(randomness);
                self.write_keys(&path, &secrets)
                    .map_err(|source| DataDirError::Unusable { path, source })?;
                Ok(secrets)
            }
            Err(source) => Err(DataDirError::Unusable { path, source }),
        }
    }

    /// Writes the keys so that there are either none or all of them, whenever
    /// the process or the machine stops.
    fn write_keys(&self, path: &Path, secrets: &Secrets) -> io::Result<()> {
        let unfinished = path.with_extension("json.new");
        let keys = KeysFile {
            unsubscribe_key: hex::encode(secrets.unsubscribe_key.expose_secret()),
            address_key: hex::encode(secrets.address_key.expose_secret()),
        };
        let mut file = private_file().open(&unfinished)?;
        file.write_all(&serde_json::to_vec_pretty(&keys)?)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        File::open(&self.path)?.sync_all()
    }
}

/// Keys that nobody knows, for an installation that keeps nothing.
pub(crate) fn fresh_secrets(randomness: &SharedRandomness) -> Secrets {
    Secrets {
        unsubscribe_key: SecretSlice::from(randomness.secret().to_vec()),
        address_key: SecretSlice::from(randomness.secret().to_vec()),
    }
}

fn read_keys(bytes: &[u8]) -> Option<Secrets> {
    let keys: KeysFile = serde_json::from_slice(bytes).ok()?;
    Some(Secrets {
        unsubscribe_key: read_key(&keys.unsubscribe_key)?,
        address_key: read_key(&keys.address_key)?,
    })
}

fn read_key(text: &str) -> Option<SecretSlice<u8>> {
    let key = hex::decode(text).ok()?;
    (key.len() == KEY_BYTES).then(|| SecretSlice::from(key))
}

#[cfg(unix)]
fn private_directory() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_directory() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    builder
}

#[cfg(unix)]
fn private_file() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    options
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ambient::SystemRandomness;

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
    #[test]
    fn nobody_else_may_look_inside() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::take(&parent.path().join("data")).expect("the directory");
        dir.secrets(&randomness()).expect("keys");
        let mode = |path: &Path| {
            fs::metadata(path)
                .expect("it is there")
                .permissions()
                .mode()
        };
        assert_eq!(mode(dir.path()) & 0o777, 0o700);
        assert_eq!(mode(&dir.path().join(KEYS)) & 0o777, 0o600);
    }
}
