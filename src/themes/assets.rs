//! The files that pages load: one style sheet per theme, one script, and what a theme brings (logo, favicon).
//!
//! Each is served at `/assets/{digest}/{name}`, so that an address names one content for ever and may be cached as
//! immutable; another digest is another file, or none (SR-113, SR-114).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::theme::Theme;

/// A file of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The last part of its address.
    pub name: String,
    /// The first half of its SHA-256, in hexadecimal.
    pub digest: String,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The content.
    pub body: Vec<u8>,
}

impl Asset {
    /// A file of that name; `None` for kinds of file that no page loads.
    pub fn new(name: &str, body: impl Into<Vec<u8>>) -> Option<Self> {
        let body = body.into();
        let content_type = match name.rsplit_once('.')?.1 {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            _ => return None,
        };
        let digest = Sha256::digest(&body).iter().take(16).fold(String::new(), |mut digest, byte| {
            let _ = write!(digest, "{byte:02x}");
            digest
        });
        Some(Self { name: name.to_owned(), digest, content_type, body })
    }

    /// Where it is served.
    pub fn address(&self) -> String {
        format!("/assets/{}/{}", self.digest, self.name)
    }
}

/// All assets of the running realms, by address.
#[derive(Debug, Clone, Default)]
pub struct Shelf(BTreeMap<(String, String), Arc<Asset>>);

impl Shelf {
    /// The assets of these themes.
    pub fn of<'a>(themes: impl IntoIterator<Item = &'a Theme>) -> Self {
        let assets = themes.into_iter().flat_map(Theme::assets);
        Self(assets.map(|asset| ((asset.digest.clone(), asset.name.clone()), Arc::clone(asset))).collect())
    }

    /// The asset at `/assets/{digest}/{name}`.
    pub fn find(&self, digest: &str, name: &str) -> Option<Arc<Asset>> {
        self.0.get(&(digest.to_owned(), name.to_owned())).cloned()
    }
}

/// A style sheet without comments and line breaks: what people wrote for people, as a browser wants it.
pub fn squeezed(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let mut squeezed = String::with_capacity(kept.len());
    for line in kept.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !squeezed.is_empty() && !squeezed.ends_with(['{', '}', ';', ',']) {
            squeezed.push(' ');
        }
        squeezed.push_str(&line.replace(": ", ":").replace(" {", "{"));
    }
    squeezed.replace(";}", "}")
}

/// A script of ours without indentation and lines that are comments. None of its texts goes over a line.
pub fn bare(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.fold(String::with_capacity(script.len()), |bare, line| bare + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_content() {
        let one = Asset::new("guichet.css", "a{}").unwrap();
        let two = Asset::new("guichet.css", "b{}").unwrap();
        assert_ne!(one.address(), two.address());
        assert!(one.address().starts_with("/assets/") && one.address().ends_with("/guichet.css"));
        for name in ["page.html", "theme.toml", "noextension"] {
            assert_eq!(Asset::new(name, ""), None, "{name}");
        }
    }

    #[test]
    fn a_script_is_told_without_what_is_for_its_readers() {
        let script = "// Greets.\n(() => {\n  // Aloud.\n  say(\"//\"); // now\n\n})();\n";
        assert_eq!(bare(script), "(() => {\nsay(\"//\"); // now\n})();\n");
    }

    #[test]
    fn a_style_sheet_is_squeezed() {
        let css = "/* ink */\n:root {\n  --ink: #16211F;\n}\n\na:hover,\nb {\n  color: var(--ink);\n  border: 1px\n    solid;\n}\n";
        assert_eq!(squeezed(css), ":root{--ink:#16211F}a:hover,b{color:var(--ink);border:1px solid}");
    }
}
