//! The committed documents, in `docs/asyncapi/`.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    Folder,
    asyncapi::{AsyncApiError, Declaration, asyncapi},
    page::page,
};

/// With this variable set, [`verify`] writes what it would refuse.
pub const UPDATE: &str = "UPDATE_ASYNCAPI";

/// The services that have a document.
const SERVICES: [&str; 2] = ["subscriptions", "delivery"];

/// The page about all of them.
const PAGE: &str = "index.html";

/// What is committed is not what is declared.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// There is no document for the declaration.
    #[error(transparent)]
    Declaration(#[from] AsyncApiError),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is of another state of declarations, types or examples.
    #[error("{} is out of date: write it anew with `{UPDATE}=1 cargo test`", path.display())]
    OutOfDate {
        /// Which.
        path: PathBuf,
    },
}

/// Holds `docs/asyncapi/` to what a service declares: its document, and the
/// page about all services. The service's own test calls this.
///
/// # Errors
/// As [`DocumentError`] says.
pub fn verify(declaration: &Declaration<'_>) -> Result<(), DocumentError> {
    let name = declaration.service.as_str();
    let service = name.rsplit_once('.').map_or(name, |(_, service)| service);
    let document = asyncapi(declaration, &Folder::of_the_workspace())?;
    let path = path(&format!("{service}.json"));
    if env::var_os(UPDATE).is_some() {
        write(&path, &format!("{document:#}\n"))?;
    } else if read(&path)? != document {
        return Err(DocumentError::OutOfDate { path });
    }
    verify_page()
}

/// Holds the page to the committed documents.
///
/// # Errors
/// As [`DocumentError`] says.
pub fn verify_page() -> Result<(), DocumentError> {
    let path = path(PAGE);
    let html = page(&committed()?);
    if env::var_os(UPDATE).is_some() {
        write(&path, &html)
    } else if fs::read_to_string(&path).map_err(at(&path))? != html {
        Err(DocumentError::OutOfDate { path })
    } else {
        Ok(())
    }
}

/// The committed documents of all services.
///
/// # Errors
/// One cannot be read.
pub fn committed() -> Result<Vec<Value>, DocumentError> {
    let paths = SERVICES.map(|service| path(&format!("{service}.json")));
    paths.iter().map(|path| read(path)).collect()
}

fn path(file: &str) -> PathBuf {
    let docs = Folder::of_the_workspace();
    docs.path().join("../docs/asyncapi").join(file)
}

fn read(path: &Path) -> Result<Value, DocumentError> {
    let text = fs::read_to_string(path).map_err(at(path))?;
    serde_json::from_str(&text).map_err(|_| DocumentError::OutOfDate {
        path: path.to_owned(),
    })
}

fn write(path: &Path, text: &str) -> Result<(), DocumentError> {
    fs::write(path, text).map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> DocumentError + '_ {
    |source| DocumentError::Io {
        path: path.to_owned(),
        source,
    }
}
