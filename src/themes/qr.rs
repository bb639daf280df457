//! A code that a telephone scans, as one path of an inline SVG: no image, no request, a few kilobytes.
//!
//! Lines of height one, row by row, with moves between them: shorter than squares. The quiet zone of four modules that
//! scanners want is part of the drawing (ISO/IEC 18004 §6.3.8).

use std::fmt::Write as _;

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;
use serde::Serialize;

/// Modules of light around the code.
const QUIET: usize = 4;

/// One code, to be drawn by the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct QrCode {
    /// Its width and height in modules, the quiet zone included.
    size: usize,
    /// Its dark modules, for a stroke of width one.
    path: String,
}

impl QrCode {
    /// The code of that text; `None` when it is too long for one.
    pub(crate) fn of(text: &str) -> Option<Self> {
        // The least redundancy: it is read from a screen, and each level more makes the modules smaller.
        let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
        let mut path = String::new();
        for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
            let _ = write!(path, "M{QUIET} {}.5", y + QUIET);
            for run in row.chunk_by(|left, right| left.value() == right.value()) {
                let dark = run.first().is_some_and(|module| module.value());
                let _ = if dark { write!(path, "h{}", run.len()) } else { write!(path, "m{} 0", run.len()) };
            }
        }
        Some(Self { size: code.size + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_with_its_corners_and_its_quiet_zone() {
        let code = QrCode::of("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!(code.path.starts_with("M4 4.5h7m"), "{}", code.path);
        assert_eq!((code.size - 2 * QUIET - 17) % 4, 0);
        assert_eq!(code.path.matches('M').count(), code.size - 2 * QUIET);
        assert!(QrCode::of(&"x".repeat(4000)).is_none());
    }
}
