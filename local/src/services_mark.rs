//! The mark that says whose data a directory holds.
//!
//! A service that is run again from data of a time before would mail people
//! who have left since.

use std::{fmt, fs, io, path::PathBuf};

use crate::{
    data_dir::{DataDir, DataDirError},
    hosting::{Hosting, Service},
};

const MARK: &str = "services";
const BOTH: &str = "both";

/// Whose data a directory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Both services'.
    Both,
    /// One's.
    One(Service),
}

impl Owner {
    fn parse(text: &str) -> Option<Self> {
        [
            Self::Both,
            Self::One(Service::Subscriptions),
            Self::One(Service::Delivery),
        ]
        .into_iter()
        .find(|owner| owner.to_string() == text)
    }

    /// Whether the data may become `next`'s: that of both may be split once,
    /// and what was split has a life of its own.
    fn may_become(self, next: Self) -> bool {
        self == next || self == Self::Both
    }
}

impl From<&Hosting> for Owner {
    fn from(hosting: &Hosting) -> Self {
        match hosting {
            Hosting::Both => Self::Both,
            Hosting::One { service, .. } => Self::One(*service),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Both => f.write_str(BOTH),
            Self::One(service) => service.fmt(f),
        }
    }
}

/// Whether the services in `hosting` may have the directory. `tables` are the
/// services whose tables are in its store, which tell for a directory of old.
///
/// # Errors
/// It is another's, or the mark cannot be read.
pub(crate) fn check(
    dir: &DataDir,
    tables: &[Service],
    hosting: &Hosting,
) -> Result<(), DataDirError> {
    let marked = read(dir)?;
    let owner = match tables {
        // Nothing was ever stored, whoever came first.
        [] => return Ok(()),
        [one] => marked.unwrap_or(Owner::One(*one)),
        _ => marked.unwrap_or(Owner::Both),
    };
    if owner.may_become(Owner::from(hosting)) {
        Ok(())
    } else {
        let path = dir.path().to_owned();
        Err(DataDirError::OfOthers { path, owner })
    }
}

/// Marks the directory as that of the services in `hosting`, for good.
///
/// # Errors
/// The mark cannot be read or written.
pub(crate) fn write(dir: &DataDir, hosting: &Hosting) -> Result<(), DataDirError> {
    let owner = Owner::from(hosting);
    if read(dir)? == Some(owner) {
        return Ok(());
    }
    dir.replace(MARK, format!("{owner}\n").as_bytes())
        .map_err(|source| unusable(dir, source))
}

fn read(dir: &DataDir) -> Result<Option<Owner>, DataDirError> {
    match fs::read_to_string(path(dir)) {
        Ok(text) => match Owner::parse(text.trim()) {
            Some(owner) => Ok(Some(owner)),
            None => Err(DataDirError::BadMark(path(dir))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(unusable(dir, source)),
    }
}

fn path(dir: &DataDir) -> PathBuf {
    dir.path().join(MARK)
}

fn unusable(dir: &DataDir, source: io::Error) -> DataDirError {
    DataDirError::Unusable {
        path: path(dir),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: [Service; 2] = [Service::Subscriptions, Service::Delivery];

    fn one(service: Service) -> Hosting {
        Hosting::One {
            service,
            peer: "http://127.0.0.1:9".parse().expect("a URL"),
        }
    }

    fn claim(dir: &DataDir, tables: &[Service], hosting: &Hosting) -> Result<(), DataDirError> {
        check(dir, tables, hosting)?;
        write(dir, hosting)
    }

    fn directory() -> (tempfile::TempDir, DataDir) {
        let parent = tempfile::tempdir().expect("a directory");
        let dir = DataDir::take(parent.path()).expect("the directory");
        (parent, dir)
    }

    #[test]
    fn data_of_both_is_split_once_and_never_joined() {
        for service in TABLES {
            let (_parent, dir) = directory();
            claim(&dir, &[], &Hosting::Both).expect("the first use");
            claim(&dir, &TABLES, &Hosting::Both).expect("the same again");
            claim(&dir, &TABLES, &one(service)).expect("a split");
            claim(&dir, &TABLES, &one(service)).expect("the same again");
            for refused in [Hosting::Both, one(service.other())] {
                let error = claim(&dir, &TABLES, &refused).expect_err("another's");
                let text = error.to_string();
                assert!(text.contains(&format!("--only {service}")), "{text}");
            }
        }
    }

    #[test]
    fn a_directory_of_old_is_judged_by_its_tables() {
        let (_parent, dir) = directory();
        let tables = [Service::Delivery];
        claim(&dir, &tables, &Hosting::Both).expect_err("delivery's");
        claim(&dir, &tables, &one(Service::Subscriptions)).expect_err("delivery's");
        claim(&dir, &tables, &one(Service::Delivery)).expect("its own");
        let (_parent, dir) = directory();
        claim(&dir, &TABLES, &Hosting::Both).expect("both's");
    }

    #[test]
    fn before_anything_is_stored_a_mark_binds_nobody_and_a_damaged_one_is_told() {
        let (_parent, dir) = directory();
        claim(&dir, &[], &one(Service::Delivery)).expect("the first use");
        claim(&dir, &[], &Hosting::Both).expect("nothing is there");
        fs::write(path(&dir), "neither").expect("a file");
        let error = claim(&dir, &TABLES, &Hosting::Both).expect_err("damaged");
        assert!(matches!(error, DataDirError::BadMark(_)));
    }
}
