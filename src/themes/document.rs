//! `theme.toml` and the files it names: what an operator gives, and what pages make of it.
//!
//! All of it is data (SR-116). A logo stands inside the page, so it may hold shapes and nothing that runs, loads or
//! links; style sheets and logos are small, since every page carries them.

use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Deserialize;

use crate::identity::language::{Language, Localized};

use super::assets::{Asset, bare, squeezed};
use super::colour::Colour;
use super::files::{self, BASE};
use super::palette::Palette;
use super::theme::ThemeError;

/// Most bytes of a theme's own `extra.css`.
const MOST_EXTRA_CSS: usize = 4 * 1024;
/// Most bytes of a logo.
const MOST_LOGO: usize = 8 * 1024;
/// What a logo must not hold.
const NOT_A_SHAPE: [&str; 12] = [
    "<script",
    "<foreignobject",
    "<style",
    "<a ",
    "<image",
    "href",
    "style=",
    " on",
    "javascript:",
    "<!",
    "<?",
    "url(",
];

/// `theme.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// The folder it stands in.
    #[serde(skip)]
    theme: String,
    /// What operators call it.
    name: String,
    /// The colour of links and buttons; ours when left out.
    colour: Option<Colour>,
    /// The colour of seals and of the ribbon's second line.
    second_colour: Option<Colour>,
    /// An SVG file of the theme's folder, shown beside the realm's name.
    logo: Option<String>,
    /// The same for dark grounds.
    logo_dark: Option<String>,
    /// An SVG or PNG file of the theme's folder.
    favicon: Option<String>,
    /// How the other language is offered.
    #[serde(default)]
    languages: Languages,
    /// More links for the footer.
    #[serde(default)]
    footer: Vec<FooterLink>,
}

/// How the other language is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Languages {
    /// As a link in its own words.
    #[default]
    Link,
    /// In a menu that opens under the language of the page.
    Menu,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FooterLink {
    label: Localized,
    href: url::Url,
}

impl Document {
    /// Reads the `theme.toml` of a theme.
    pub(super) fn read(theme: &str) -> Result<Self, ThemeError> {
        let source = files::text(theme, "theme.toml").ok_or_else(|| ThemeError::Unknown(theme.to_owned()))?;
        let document = toml::from_str(&source);
        let document: Self = document.map_err(|cause| ThemeError::Document { theme: theme.to_owned(), cause })?;
        match document.footer.iter().find(|link| !matches!(link.href.scheme(), "https" | "http")) {
            Some(_) => Err(document.wrong("theme.toml", "links to something else than a web page")),
            None => Ok(Self { theme: theme.to_owned(), ..document }),
        }
    }

    /// Its colours.
    pub(super) fn palette(&self) -> Palette {
        self.colour.map_or(Palette::BASE, |colour| Palette::of(colour, self.second_colour))
    }

    /// The files its pages load: style sheet, script, favicon.
    pub(super) fn assets(&self) -> Result<[Arc<Asset>; 3], ThemeError> {
        let (folder, favicon) = match &self.favicon {
            Some(file) => (self.theme.as_str(), file.as_str()),
            None => (BASE, "favicon.svg"),
        };
        let icon = files::bytes(folder, favicon).ok_or_else(|| self.wrong(favicon, "is missing"))?;
        let asset = |name, body| {
            let asset = Asset::new(name, body).map(Arc::new);
            asset.ok_or_else(|| self.wrong(name, "is no kind of file that pages load"))
        };
        Ok([
            asset("guichet.css", self.style_sheet()?.into_bytes())?,
            asset("guichet.js", bare(&self.ours("guichet.js")?).into_bytes())?,
            asset(favicon, icon.into_owned())?,
        ])
    }

    /// The `theme` variable of every template.
    pub(super) fn face(
        &self,
        language: Language,
        ribbon: &str,
        [css, js, favicon]: &[Arc<Asset>; 3],
    ) -> Result<Value, ThemeError> {
        let logo = |file: &Option<String>| file.as_deref().map(|file| self.logo(file)).transpose();
        let link =
            |link: &FooterLink| context! { label => link.label.in_language(language), href => link.href.as_str() };
        let footer: Vec<_> = self.footer.iter().map(link).collect();
        Ok(context! {
            name => self.name.as_str(),
            css => css.address(),
            js => js.address(),
            favicon => favicon.address(),
            ribbon => Value::from_safe_string(ribbon.to_owned()),
            logo => logo(&self.logo)?,
            logo_dark => logo(&self.logo_dark)?,
            language_menu => self.languages == Languages::Menu,
            footer,
            palette => Serde(self.palette()),
        })
    }

    fn style_sheet(&self) -> Result<String, ThemeError> {
        let mut css = squeezed(&self.ours("base.css")?);
        if self.colour.is_some() {
            css.push_str(&self.palette().css());
        }
        if let Some(extra) = files::text(&self.theme, "extra.css") {
            if extra.len() > MOST_EXTRA_CSS {
                return Err(self.wrong("extra.css", "is larger than 4 KB"));
            }
            css.push_str(&squeezed(&extra));
        }
        Ok(css)
    }

    fn logo(&self, file: &str) -> Result<Value, ThemeError> {
        let drawing = files::text(&self.theme, file).ok_or_else(|| self.wrong(file, "is missing"))?;
        match check_drawing(&drawing) {
            Some(wrong) => Err(self.wrong(file, wrong)),
            None => Ok(Value::from_safe_string(drawing)),
        }
    }

    fn ours(&self, file: &'static str) -> Result<String, ThemeError> {
        files::text(BASE, file).ok_or_else(|| self.wrong(file, "is missing"))
    }

    fn wrong(&self, file: &str, wrong: &'static str) -> ThemeError {
        ThemeError::File { theme: self.theme.clone(), file: file.to_owned(), wrong }
    }
}

/// What is wrong with a drawing that is to stand inside a page.
fn check_drawing(drawing: &str) -> Option<&'static str> {
    let lower = drawing.to_ascii_lowercase().replace(['\n', '\t', '\r', '\u{c}', '/'], " ");
    if drawing.len() > MOST_LOGO {
        Some("is larger than 8 KB")
    } else if !lower.starts_with("<svg") || NOT_A_SHAPE.iter().any(|part| lower.contains(part)) {
        Some("must be a bare <svg> without scripts, styles, links or references")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_116_a_logo_is_shapes_and_nothing_else() {
        for (drawing, good) in [
            ("<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>", true),
            ("<svg><script>alert(1)</script></svg>", false),
            ("<svg\nonload=\"alert(1)\"></svg>", false),
            ("<svg/onload=alert(1)></svg>", false),
            ("<svg><A HREF=\"https://a.example\">a</A></svg>", false),
            ("<svg><use href=\"https://a.example/a.svg#a\"/></svg>", false),
            ("<svg><path style=\"fill:red\"/></svg>", false),
            ("<svg><foreignObject><p>a</p></foreignObject></svg>", false),
            ("<p>a</p>", false),
        ] {
            assert_eq!(check_drawing(drawing).is_none(), good, "{drawing}");
        }
        assert!(check_drawing(&format!("<svg>{}</svg>", " ".repeat(MOST_LOGO))).is_some());
    }
}
