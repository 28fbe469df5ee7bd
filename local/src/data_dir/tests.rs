//! The directory, its lock, its keys and its modes.

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
