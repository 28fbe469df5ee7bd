//! What keeps the contract: the lock of published versions, the check that
//! holds to it, the command that adds to it, and the AsyncAPI documents.
//!
//! No service links this crate, except for its tests; `cargo test -p contracts`
//! and the command `release-contracts` do.

pub mod asyncapi;
pub mod base;
pub mod documents;
mod folder;
pub mod frozen;
mod lock;
pub mod page;
mod release;

pub use folder::Folder;
pub use lock::{Lock, LockError, Record};
pub use release::{ReleaseError, release, retire};
