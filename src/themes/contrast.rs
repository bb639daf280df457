//! The contrast of every pair of tokens that meet on a page, computed from the style sheets themselves, for every
//! theme and both schemes.

use std::collections::BTreeMap;

use super::colour::Colour;
use super::files;
use super::theme::Theme;

/// Foreground, ground, what they need, and what our own colours reach in light and dark (UX.md §2.2).
const PAIRS: [(&str, &str, f64, f64, f64); 22] = [
    ("ink", "surface", 7.0, 16.5, 14.2),
    ("ink", "paper", 7.0, 15.0, 15.7),
    ("ink-2", "surface", 7.0, 7.9, 8.7),
    ("ink-2", "paper", 7.0, 7.2, 9.7),
    ("accent", "surface", 4.5, 8.4, 9.2),
    ("accent", "paper", 4.5, 7.7, 10.2),
    ("on-accent", "accent", 4.5, 8.4, 9.4),
    ("on-accent", "accent-hover", 4.5, 11.8, 11.5),
    ("accent-hover", "surface", 4.5, 11.8, 11.2),
    ("brass", "surface", 4.5, 6.0, 8.4),
    ("line", "surface", 3.0, 3.7, 4.7),
    ("line", "paper", 3.0, 3.4, 5.2),
    ("error", "error-ground", 4.5, 6.6, 8.2),
    ("error", "surface", 4.5, 7.5, 8.5),
    ("success", "success-ground", 4.5, 6.3, 8.5),
    ("warning", "warning-ground", 4.5, 6.7, 8.9),
    ("accent", "note", 4.5, 7.2, 7.9),
    ("ink", "error-ground", 7.0, 14.5, 13.8),
    ("ink", "success-ground", 7.0, 14.5, 12.4),
    ("ink", "warning-ground", 7.0, 14.8, 12.4),
    ("ink", "note", 7.0, 14.2, 12.1),
    ("focus", "surface", 3.0, 16.5, 10.7),
];

type Tokens = BTreeMap<String, Colour>;

/// The tokens of a style sheet, light and dark: a later block lies over an earlier one.
fn tokens(css: &str) -> [Tokens; 2] {
    let mut light = Tokens::new();
    let mut dark = Tokens::new();
    let mut before = "";
    for block in css.split(":root{") {
        let (declarations, after) = block.split_once('}').unwrap();
        let into = match before.rsplit('}').next().unwrap() {
            opening if opening.contains("prefers-color-scheme:dark") => &mut dark,
            opening if opening.contains("prefers-contrast") => &mut Tokens::new(),
            _ => &mut light,
        };
        for declaration in declarations.split(';').filter_map(|declaration| declaration.strip_prefix("--")) {
            let (name, value) = declaration.split_once(':').unwrap();
            if let Ok(colour) = value.to_owned().try_into() {
                into.insert(name.to_owned(), colour);
            }
        }
        before = after;
    }
    let mut all = light.clone();
    all.extend(dark);
    [light, all]
}

#[test]
fn tokens_that_meet_on_a_page_can_be_told_apart() {
    for name in files::themes() {
        let theme = Theme::build(&name, &name, "Europe/Paris", &BTreeMap::new()).unwrap();
        let css = theme.assets().iter().find(|asset| asset.name == "guichet.css").unwrap();
        let css = format!("{{}}{}", std::str::from_utf8(&css.body).unwrap());
        let [light, dark] = tokens(&css);
        for (ink, ground, least, in_light, in_dark) in PAIRS {
            for (scheme, tokens, ours) in [("light", &light, in_light), ("dark", &dark, in_dark)] {
                let ratio = tokens[ink].contrast(tokens[ground]);
                assert!(ratio >= least, "{name}, {scheme}: {ink} on {ground} is {ratio:.2}");
                if name == files::BASE {
                    assert!((ratio - ours).abs() <= 0.06, "{scheme}: {ink} on {ground} is {ratio:.2}, not {ours}");
                }
            }
        }
    }
}
