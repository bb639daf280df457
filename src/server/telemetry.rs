//! Logs: one line an event on standard error, as JSON or text, that nobody outside can forge (SR-196, SR-197).
//!
//! Every line passes one writer that makes control, bidirectional and invisible characters visible and bounds the
//! length, whatever module wrote it. Of a request, the method, the path without query and the outcome are logged;
//! never headers, bodies or queries, and no path segment long enough to be a token.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::panics;
use crate::config::{Log, LogFormat};

/// The longest line; a longer one is cut and says so.
const LINE: usize = 16 * 1024;

/// The longest path segment that is logged: a realm's name has 40 characters, a token 43 (SR-42).
const SEGMENT: usize = 40;

/// Sends the process's logs to standard error, and panics with them.
pub fn install(log: &Log) -> anyhow::Result<()> {
    tracing::subscriber::set_global_default(subscriber(log, io::stderr)?)?;
    panics::log_places_only();
    Ok(())
}

/// What writes the log to `writer`.
pub fn subscriber<W>(log: &Log, writer: W) -> anyhow::Result<Box<dyn Subscriber + Send + Sync>>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::builder().parse(&log.level)?)
        .with_ansi(false)
        .with_writer(Guarded(writer));
    Ok(match log.format {
        LogFormat::Json => Box::new(builder.json().flatten_event(true).with_span_list(false).finish()),
        LogFormat::Text => Box::new(builder.finish()),
    })
}

/// A path fit for the log.
pub(super) fn path(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.len() > SEGMENT { "[redacted]" } else { segment });
    let mut kept = segments.collect::<Vec<_>>().join("/");
    kept.truncate(kept.floor_char_boundary(256));
    kept
}

struct Guarded<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Guarded<W> {
    type Writer = GuardedWriter<W::Writer>;
    fn make_writer(&'a self) -> Self::Writer {
        GuardedWriter(self.0.make_writer())
    }
}

struct GuardedWriter<W>(W);

impl<W: Write> Write for GuardedWriter<W> {
    /// Takes one whole event, as `tracing_subscriber` hands it over.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = visible(text.strip_suffix('\n').unwrap_or(&text));
        let mut line = bounded(&line).into_owned();
        line.push('\n');
        // At once: lines of two threads would mix between two writes.
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text with what a terminal or a reader would obey written as `\u001b`, which JSON reads back.
fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_obeyed(character) {
            // Writing to a String cannot fail; all of these lie below U+10000.
            let _ = write!(shown, "\\u{:04x}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, line separators, and what turns or hides text (UAX #9, UTS #39).
fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The line, or its beginning inside a line of the same shape.
fn bounded(line: &str) -> Cow<'_, str> {
    if line.len() <= LINE {
        return Cow::Borrowed(line);
    }
    let start = line.get(..line.floor_char_boundary(LINE / 4)).unwrap_or_default();
    Cow::Owned(serde_json::json!({ "level": "WARN", "message": "a line was too long", "start": start }).to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    fn logged(format: LogFormat, event: impl FnOnce()) -> String {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let log = Log { format, level: "info".to_owned() };
        let subscriber = subscriber(&log, Sink(Arc::clone(&lines))).unwrap();
        tracing::subscriber::with_default(subscriber, event);
        String::from_utf8(lines.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn sr_196_a_line_is_written_at_once_so_that_no_other_comes_between() {
        struct Writes(Arc<Mutex<Vec<String>>>);
        impl Write for Writes {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.lock().unwrap().push(String::from_utf8(bytes.to_vec()).unwrap());
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let writes = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&writes);
        let log = Log { format: LogFormat::Json, level: "info".to_owned() };
        let subscriber = subscriber(&log, move || Writes(Arc::clone(&written))).unwrap();
        tracing::subscriber::with_default(subscriber, || tracing::info!("one"));
        let writes = writes.lock().unwrap();
        assert!(matches!(writes.as_slice(), [line] if line.ends_with("}\n")), "{writes:?}");
    }

    #[derive(Clone)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Sink {
        type Writer = Self;
        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn sr_196_nothing_a_person_types_forges_a_line_or_a_terminal_sequence() {
        let evil = "a\r\n{\"level\":\"INFO\"}\u{1b}[2J\u{202e}txt\u{2028}\u{feff}\u{0}\u{9b}";
        for format in [LogFormat::Json, LogFormat::Text] {
            let lines = logged(format, || tracing::info!(name = evil, message = evil));
            assert_eq!(lines.matches('\n').count(), 1, "{lines:?}");
            assert!(!lines.trim_end_matches('\n').contains(is_obeyed), "{lines:?}");
        }
        let line = logged(LogFormat::Json, || tracing::info!(name = evil));
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["name"], evil);
    }

    #[test]
    fn sr_196_a_line_is_bounded_and_stays_json() {
        let line = logged(LogFormat::Json, || tracing::info!(name = "é".repeat(40_000)));
        assert!(line.len() <= LINE, "{}", line.len());
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok());
    }

    #[test]
    fn sr_197_a_path_is_logged_without_what_could_be_a_token() {
        let token = crate::entropy::token(&crate::entropy::OsEntropy);
        let shown = path(&format!("/realms/certinomis/link/{}", token.expose()));
        assert_eq!(shown, "/realms/certinomis/link/[redacted]");
        assert!(path(&"/aaaaaaaaaaa".repeat(99)).len() <= 256);
    }
}
