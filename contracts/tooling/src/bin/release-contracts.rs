//! Publishes versions of events: from then on they are frozen.
//!
//!     release-contracts                    lists drafts and published versions
//!     release-contracts TYPE...            publishes these
//!     release-contracts --drafts           publishes all drafts
//!     release-contracts --retire TYPE      records that a version is gone
//!
//! It needs no network and changes `contracts/` alone.

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use contract_tooling::{Folder, Lock, documents, release, retire};
use contracts::catalogue;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Exit status for a command line that is none.
const USAGE: u8 = 2;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let folder = Folder::of_the_workspace();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let done = match arguments.as_slice() {
        [] => list(&folder),
        ["--drafts"] => drafts(&folder).and_then(|drafts| publish(&folder, &drafts, today)),
        ["--retire", event_type] => end(&folder, event_type, today),
        types if types.iter().all(|it| !it.starts_with('-')) => publish(&folder, types, today),
        _ => {
            let usage = "usage: release-contracts [TYPE... | --drafts | --retire TYPE]";
            return say(&mut io::stderr(), usage).map_or(ExitCode::FAILURE, |()| USAGE.into());
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let said = say(&mut io::stderr(), &format!("error: {error}"));
            said.map_or(ExitCode::FAILURE, |()| ExitCode::FAILURE)
        }
    }
}

fn list(folder: &Folder) -> Result<(), Failure> {
    let lock = Lock::read(folder)?;
    for kind in catalogue() {
        let state = if lock.published().contains(kind.event_type) {
            "published"
        } else {
            "draft    "
        };
        say(&mut io::stdout(), &format!("{state} {}", kind.event_type))?;
    }
    Ok(())
}

fn drafts(folder: &Folder) -> Result<Vec<&'static str>, Failure> {
    let lock = Lock::read(folder)?;
    let published = lock.published();
    let types = catalogue().iter().map(|kind| kind.event_type);
    Ok(types.filter(|it| !published.contains(it)).collect())
}

fn publish(folder: &Folder, types: &[&str], today: Date) -> Result<(), Failure> {
    for event_type in types {
        for record in release(folder, catalogue(), event_type, today)? {
            say(&mut io::stdout(), &record.to_string())?;
        }
    }
    Ok(())
}

fn end(folder: &Folder, event_type: &str, today: Date) -> Result<(), Failure> {
    let services = documents::committed()?;
    retire(folder, &services, event_type, today)?;
    let rest =
        "retired; now take out its Rust type: step 4 of \"To remove a version\" in docs/events.md";
    say(&mut io::stdout(), rest)?;
    Ok(())
}

fn say(to: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(to, "{text}")
}
