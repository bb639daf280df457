//! The files of `themes/`, inside the binary; a debug build reads them from the source folder, so that an edit is seen
//! at the next start.
//!
//! A theme is named by one plain word and its files by their place below that folder, taken from the list of what was
//! built in: no path leaves it (SR-116).

use std::borrow::Cow;

use rust_embed::RustEmbed;

/// The layer under every theme.
pub const BASE: &str = "base";

#[derive(RustEmbed)]
#[folder = "themes/"]
struct Files;

/// The bytes of `name` in the folder of `theme`.
pub fn bytes(theme: &str, name: &str) -> Option<Cow<'static, [u8]>> {
    Files::get(&format!("{theme}/{name}")).map(|file| file.data)
}

/// A file of a theme as text.
pub fn text(theme: &str, name: &str) -> Option<String> {
    String::from_utf8(bytes(theme, name)?.into_owned()).ok()
}

/// The names of a theme's files, in order.
pub fn list(theme: &str) -> Vec<String> {
    let mut names: Vec<_> =
        Files::iter().filter_map(|path| Some(path.strip_prefix(theme)?.strip_prefix('/')?.to_owned())).collect();
    names.sort();
    names
}

/// The themes there are, the base included.
pub fn themes() -> Vec<String> {
    let mut names: Vec<_> =
        Files::iter().filter_map(|path| Some(path.strip_suffix("/theme.toml")?.to_owned())).collect();
    names.sort();
    names
}
