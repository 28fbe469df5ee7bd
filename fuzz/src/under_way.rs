//! The input that is being tried, in a file.

use std::{
    fs::{self, File},
    io::{self, Seek, Write},
    path::PathBuf,
};

/// The file, which is gone when this is dropped: only what does not unwind
/// leaves it.
pub(crate) struct UnderWay {
    path: PathBuf,
    file: File,
}

impl UnderWay {
    /// An empty file at `path`.
    ///
    /// # Panics
    /// It cannot be made.
    pub(crate) fn at(path: PathBuf) -> Self {
        match File::create(&path) {
            Ok(file) => Self { path, file },
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }

    /// Takes down the next input.
    ///
    /// # Panics
    /// It cannot be written.
    pub(crate) fn is(&self, input: &[u8]) {
        if let Err(error) = self.write(input) {
            panic!("{}: {error}", self.path.display());
        }
    }

    fn write(&self, input: &[u8]) -> io::Result<()> {
        let mut file = &self.file;
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(input)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // Temporary files may stay behind; that is no reason to fail.
        fs::remove_file(&self.path).unwrap_or_default();
    }
}
