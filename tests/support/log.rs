//! A log that a story can read.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use guichet::config::{Log, LogFormat};
use guichet::server::telemetry;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// Lines as they are written.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Begins to listen to this thread at that level; until the guard goes.
    pub(crate) fn listening(level: &str) -> (Self, DefaultGuard) {
        let lines = Self::default();
        let log = Log { format: LogFormat::Json, level: level.to_owned() };
        let guard = tracing::subscriber::set_default(telemetry::subscriber(&log, lines.clone()).unwrap());
        (lines, guard)
    }

    /// All that was written.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}
