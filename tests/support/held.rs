//! What a browser holds of certificates before it starts: NSS's own store in its home, written by NSS's own tools.
//!
//! Chromium on Linux reads that store for the certificates of its person and for whom it trusts beside its own list.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::chromium::leave_out;
use super::demo::Demo;

/// One certificate at most: which one is chosen then needs nobody.
pub(crate) struct Held {
    /// The listener that asks for it.
    pub(crate) asked_by: String,
    authority: Vec<u8>,
    card: Option<Vec<u8>>,
}

impl Held {
    /// Trusts the demonstration's listener, and holds that card of the demonstration's.
    pub(crate) async fn of(demo: &Demo, card: Option<&str>) -> Self {
        let card = match card {
            Some(card) => Some(demo.offers(card).await),
            None => None,
        };
        Self { asked_by: demo.listener().to_owned(), authority: demo.offers("tls-authority.pem").await, card }
    }

    /// Writes the store into a home, or says why the story is left out.
    pub(crate) fn put_into(&self, home: &Path) -> Option<()> {
        let store = home.join(".pki/nssdb");
        fs::create_dir_all(&store).unwrap();
        let database = format!("sql:{}", store.display());
        if !ran("certutil", &["-N", "-d", &database, "--empty-password"]) {
            leave_out("stories of certificates in a browser", "libnss3-tools is not installed; tests/run installs it");
            return None;
        }
        let authority = home.join("authority.pem");
        fs::write(&authority, &self.authority).unwrap();
        let (file, trust) = (authority.display().to_string(), ["-A", "-d", &database, "-t", "C,,", "-n", "authority"]);
        assert!(ran("certutil", &[&trust[..], &["-i", &file]].concat()), "the authority is imported");
        if let Some(card) = &self.card {
            let file = home.join("card.p12");
            fs::write(&file, card).unwrap();
            let words = ["-i", &file.display().to_string(), "-d", &database, "-W", "guichet", "-K", ""];
            assert!(ran("pk12util", &words), "the card is imported");
        }
        Some(())
    }
}

fn ran(tool: &str, words: &[&str]) -> bool {
    let quiet = Command::new(tool).args(words).stdin(Stdio::null()).stdout(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}
