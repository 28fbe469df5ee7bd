//! A log that a test can read.

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use telemetry::{Settings, Telemetry};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
pub struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl CapturedLog {
    /// Starts a service that logs here.
    pub fn telemetry(&self, service: &'static str, settings: &Settings) -> Telemetry {
        Telemetry::with(settings, service, self.clone()).unwrap()
    }

    /// The lines so far, each of which must be a JSON object.
    pub fn lines(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl io::Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for CapturedLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
