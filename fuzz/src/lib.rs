//! Fuzzing that runs on stable Rust, within `cargo test`: a seed corpus is torn
//! in many ways and handed to a decoder, which must not panic.
//!
//! A target is a test of the crate that owns the decoder:
//!
//! ```no_run
//! use fuzz::Target;
//!
//! # fn decode(_: &[u8]) {}
//! let corpus = vec![b"email,name\na@example.com,A\n".to_vec()];
//! Target::new(corpus, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/found/csv")).run(decode);
//! ```
//!
//! An input that makes the decoder panic is written to the folder of found
//! cases. Committed there, it is tried first in every later run, so that a found
//! case is a test. `ARBTEST_BUDGET_MS` sets how long a target runs.
//!
//! An abort, and a decoder that never comes back, end no run in order: then the
//! input is still in the file that [`Target::under_way`] names.

mod tear;
mod torn_json;
mod under_way;

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
    process,
    time::Duration,
};

use arbtest::arbtest;

pub use tear::torn;
use under_way::UnderWay;

/// How long a target runs where nobody says otherwise.
pub const BUDGET: Duration = Duration::from_secs(1);

/// The variable by which arbtest is told otherwise, in milliseconds.
const BUDGET_VARIABLE: &str = "ARBTEST_BUDGET_MS";

/// The random bytes that one input is torn with; more would only repeat.
const RANDOM_BYTES: u32 = 4096;

/// A decoder's inputs: what is valid, and what was found.
#[derive(Debug)]
pub struct Target {
    corpus: Vec<Vec<u8>>,
    found: PathBuf,
}

impl Target {
    /// A target whose inputs begin with those in `corpus`; `found` is the
    /// folder, which need not exist, of inputs that broke the decoder once.
    ///
    /// # Panics
    /// `corpus` is empty.
    pub fn new(corpus: Vec<Vec<u8>>, found: impl Into<PathBuf>) -> Self {
        assert!(!corpus.is_empty(), "there is nothing to begin with");
        Self {
            corpus,
            found: found.into(),
        }
    }

    /// Tries `decoder` with the found cases, the corpus, and torn inputs until
    /// the time is up. Says how many inputs there were.
    ///
    /// # Panics
    /// If `decoder` does, after the input was written to the found cases; if the
    /// input under way cannot be written.
    pub fn run(&self, decoder: impl Fn(&[u8])) -> usize {
        let under_way = UnderWay::at(self.under_way());
        let decoder = |input: &[u8]| {
            under_way.is(input);
            decoder(input);
        };
        let mut tried = 0;
        for input in self.found_cases().iter().chain(&self.corpus) {
            decoder(input);
            tried += 1;
        }
        let search = arbtest(|random| {
            let input = torn(&self.corpus, random)?;
            tried += 1;
            self.keep_if_it_panics(&input, || decoder(&input));
            Ok(())
        });
        let search = search.size_max(RANDOM_BYTES);
        match env::var_os(BUDGET_VARIABLE) {
            Some(_) => search.run(),
            None => search.budget(BUDGET).run(),
        }
        tried
    }

    /// The same for a decoder of text: inputs that are not UTF-8 do not get to it.
    ///
    /// # Panics
    /// As [`Target::run`].
    pub fn run_text(&self, decoder: impl Fn(&str)) -> usize {
        self.run(|input| {
            if let Ok(text) = std::str::from_utf8(input) {
                decoder(text);
            }
        })
    }

    /// The file that holds the input which is being tried, while it is.
    pub fn under_way(&self) -> PathBuf {
        let name = self.found.file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        env::temp_dir().join(format!("pennypost-fuzz-{name}-{}", process::id()))
    }

    fn found_cases(&self) -> Vec<Vec<u8>> {
        let entries = fs::read_dir(&self.found).into_iter().flatten();
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        paths.iter().flat_map(fs::read).collect()
    }

    fn keep_if_it_panics(&self, input: &[u8], decode: impl FnOnce()) {
        let Err(panic) = catch_unwind(AssertUnwindSafe(decode)) else {
            return;
        };
        let mut hasher = DefaultHasher::new();
        input.hash(&mut hasher);
        let path = self.found.join(format!("{:016x}", hasher.finish()));
        let kept = fs::create_dir_all(&self.found).and_then(|()| fs::write(&path, input));
        match kept {
            Ok(()) => panic!("the decoder panics; commit {} as a test", path.display()),
            Err(_) => resume_unwind(panic),
        }
    }
}
