//! A running `guichet theme preview`, gone with the story.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// The preview of one theme.
pub(crate) struct Preview {
    process: Child,
    /// Where it is, with a final slash.
    pub(crate) address: String,
}

impl Preview {
    /// Starts one and waits until it says where it is.
    pub(crate) fn start(theme: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_guichet"))
            .args(["theme", "preview", "--port", "0", "--theme", theme])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.next().unwrap_or_else(|| panic!("guichet theme preview ended before it was ready"));
        Self { process, address }
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
