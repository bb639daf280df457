//! One realm's look and words: base ← theme ← realm, put together once and never changed.
//!
//! A theme is data (`theme.toml`, catalogues, a few small files); whatever is wrong with it is told when it is loaded,
//! all at once, so that no page fails on it later.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::{Deserialize, Serialize};

use crate::identity::language::{Language, Localized};
use crate::realm::model::Realm;

use super::assets::{Asset, squeezed};
use super::colour::Colour;
use super::files::{self, BASE};
use super::frame::Frame;
use super::messages::{Catalogue, MessageError};
use super::moment::{Teller, UnknownZone};
use super::page::Page;
use super::palette::Palette;
use super::phrase::Phrase;
use super::voice::Voice;
use super::{environment, guilloche};

/// Most bytes of a theme's own `extra.css`.
const MOST_EXTRA_CSS: usize = 4 * 1024;
/// Most bytes of a logo, which stands in every page.
const MOST_LOGO: usize = 8 * 1024;

/// `theme.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
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
    /// More links for the footer.
    #[serde(default)]
    footer: Vec<FooterLink>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FooterLink {
    label: Localized,
    href: url::Url,
}

/// A realm's look and words.
#[derive(Debug)]
pub struct Theme {
    name: String,
    palette: Palette,
    assets: Vec<Arc<Asset>>,
    french: Spoken,
    english: Spoken,
}

/// A theme in one language.
#[derive(Debug)]
struct Spoken {
    voice: Arc<Voice>,
    environment: Environment<'static>,
    /// The `theme` variable of every template.
    face: Value,
}

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// There is no such theme.
    #[error("there is no theme “{0}”")]
    Unknown(String),
    /// `theme.toml` cannot be read.
    #[error("theme.toml of “{theme}”: {cause}")]
    Document {
        /// The theme.
        theme: String,
        /// What is wrong with it.
        cause: toml::de::Error,
    },
    /// A file it names does not exist, is too large, or is not what it should be.
    #[error("{file} of “{theme}”: {wrong}")]
    File {
        /// The theme.
        theme: String,
        /// The file.
        file: String,
        /// What is wrong with it.
        wrong: &'static str,
    },
    /// Texts of the theme or the realm that cannot stand.
    #[error("texts in {language}: {problems:?}")]
    Messages {
        /// The language.
        language: Language,
        /// All that is wrong with them.
        problems: Vec<MessageError>,
    },
    /// The realm's time zone.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
}

/// Why a page or a text could not be rendered: a mistake of ours or of a theme, never of the person.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The template failed.
    #[error("{template}: {cause:#}")]
    Template {
        /// The template.
        template: String,
        /// What the engine says.
        cause: minijinja::Error,
    },
    /// A text is missing.
    #[error(transparent)]
    Message(#[from] MessageError),
}

impl Theme {
    /// The theme of a realm.
    pub fn of(realm: &Realm) -> Result<Self, ThemeError> {
        Self::build(&realm.theme, realm.name.as_str(), &realm.time_zone, &realm.messages)
    }

    /// A theme with a realm's ribbon, time zone and texts.
    pub fn build(
        name: &str,
        realm: &str,
        zone: &str,
        overrides: &BTreeMap<Language, BTreeMap<String, String>>,
    ) -> Result<Self, ThemeError> {
        let document = document(name)?;
        let palette = document.colour.map_or(Palette::BASE, |colour| Palette::of(colour, document.second_colour));
        let assets = assets(name, &document, &palette)?;
        let face = |language| face(name, realm, language, &document, &palette, &assets);
        let spoken = |language| {
            let voice = voice(name, language, zone, overrides.get(&language))?;
            let environment = environment::environment(name, &voice);
            Ok::<_, ThemeError>(Spoken { voice, environment, face: face(language)? })
        };
        let (french, english) = (spoken(Language::French)?, spoken(Language::English)?);
        Ok(Self { name: name.to_owned(), palette, assets, french, english })
    }

    /// The name of its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its colours.
    pub const fn palette(&self) -> &Palette {
        &self.palette
    }

    /// The files its pages load.
    pub fn assets(&self) -> &[Arc<Asset>] {
        &self.assets
    }

    /// Its words in a language.
    pub fn voice(&self, language: Language) -> &Voice {
        &self.spoken(language).voice
    }

    /// A phrase without markup, for subjects and plain text.
    pub fn say(&self, language: Language, phrase: &Phrase) -> Result<String, RenderError> {
        Ok(self.voice(language).plain(phrase)?)
    }

    /// A page as a browser gets it.
    pub fn render<P: Page>(&self, frame: &Frame, page: &P) -> Result<String, RenderError> {
        let refused = page.form().is_some_and(super::form::FormState::has_errors);
        let variables = context! { page => Serde(page), frame => Serde(frame), title => Serde(page.title()), refused };
        self.fill(frame.language, P::TEMPLATE, variables)
    }

    /// Any template with its own variables, such as a mail; `theme` is added to them.
    pub fn render_template(
        &self,
        language: Language,
        template: &str,
        variables: impl Serialize,
    ) -> Result<String, RenderError> {
        self.fill(language, template, Serde(variables).into())
    }

    fn fill(&self, language: Language, template: &str, variables: Value) -> Result<String, RenderError> {
        let Spoken { environment, face, .. } = self.spoken(language);
        let failed = |cause| RenderError::Template { template: template.to_owned(), cause };
        let found = environment.get_template(template).map_err(failed)?;
        found.render(context! { theme => face, ..variables }).map_err(failed)
    }

    const fn spoken(&self, language: Language) -> &Spoken {
        match language {
            Language::French => &self.french,
            Language::English => &self.english,
        }
    }
}

fn document(name: &str) -> Result<Document, ThemeError> {
    let source = files::text(name, "theme.toml").ok_or_else(|| ThemeError::Unknown(name.to_owned()))?;
    toml::from_str(&source).map_err(|cause| ThemeError::Document { theme: name.to_owned(), cause })
}

/// The words of a language: every catalogue of the base, of the theme, then the realm's own.
fn voice(
    name: &str,
    language: Language,
    zone: &str,
    overrides: Option<&BTreeMap<String, String>>,
) -> Result<Arc<Voice>, ThemeError> {
    let refused = |problems| ThemeError::Messages { language, problems };
    let mut catalogue = catalogue(BASE, language).map_err(|problem| refused(vec![problem]))?;
    if name != BASE {
        let theme = self::catalogue(name, language).map_err(|problem| refused(vec![problem]))?;
        catalogue.lay(theme).map_err(refused)?;
    }
    if let Some(overrides) = overrides {
        let realm = Catalogue::of(overrides).map_err(|problem| refused(vec![problem]))?;
        catalogue.lay(realm).map_err(refused)?;
    }
    Ok(Arc::new(Voice::new(language, catalogue, Teller::new(language, zone)?)))
}

/// All catalogues of one folder: `messages.fr.toml`, and whatever else ends in `.fr.toml`.
pub fn catalogue(theme: &str, language: Language) -> Result<Catalogue, MessageError> {
    let ending = format!(".{language}.toml");
    let mut catalogue = Catalogue::default();
    for file in files::list(theme).iter().filter(|file| file.ends_with(&ending)) {
        catalogue.join(Catalogue::read(&files::text(theme, file).unwrap_or_default())?);
    }
    Ok(catalogue)
}

fn assets(name: &str, document: &Document, palette: &Palette) -> Result<Vec<Arc<Asset>>, ThemeError> {
    let wrong = |file: &str, wrong| ThemeError::File { theme: name.to_owned(), file: file.to_owned(), wrong };
    let ours = |file| files::text(BASE, file).ok_or_else(|| wrong(file, "is missing"));
    let mut css = squeezed(&ours("base.css")?);
    if document.colour.is_some() {
        css.push_str(&palette.css());
    }
    if let Some(extra) = files::text(name, "extra.css") {
        if extra.len() > MOST_EXTRA_CSS {
            return Err(wrong("extra.css", "is larger than 4 KB"));
        }
        css.push_str(&squeezed(&extra));
    }
    let mut assets = vec![Asset::new("guichet.css", css), Asset::new("guichet.js", ours("guichet.js")?)];
    let favicon = document.favicon.as_deref();
    let (folder, favicon) = favicon.map_or((BASE, "favicon.svg"), |file| (name, file));
    let icon = files::bytes(folder, favicon).ok_or_else(|| wrong(favicon, "is missing"))?;
    assets.push(Asset::new(favicon, icon));
    let assets: Option<Vec<_>> = assets.into_iter().map(|asset| asset.map(Arc::new)).collect();
    assets.ok_or_else(|| wrong(favicon, "is neither SVG nor PNG"))
}

/// What templates know of the theme.
fn face(
    name: &str,
    realm: &str,
    language: Language,
    document: &Document,
    palette: &Palette,
    assets: &[Arc<Asset>],
) -> Result<Value, ThemeError> {
    let address = |index: usize| assets.get(index).map(|asset| asset.address());
    let logo = |file: &Option<String>| file.as_deref().map(|file| logo(name, file)).transpose();
    let link = |link: &FooterLink| context! { label => link.label.in_language(language), href => link.href.as_str() };
    let footer: Vec<_> = document.footer.iter().map(link).collect();
    Ok(context! {
        name => document.name.as_str(),
        css => address(0),
        js => address(1),
        favicon => address(2),
        ribbon => Value::from_safe_string(guilloche::ribbon(realm)),
        logo => logo(&document.logo)?,
        logo_dark => logo(&document.logo_dark)?,
        footer,
        palette => Serde(palette),
    })
}

/// A drawing that stands inside the page: nothing in it may run, load or link.
fn logo(theme: &str, file: &str) -> Result<Value, ThemeError> {
    let wrong = |wrong| ThemeError::File { theme: theme.to_owned(), file: file.to_owned(), wrong };
    let drawing = files::text(theme, file).ok_or_else(|| wrong("is missing"))?;
    if drawing.len() > MOST_LOGO {
        return Err(wrong("is larger than 8 KB"));
    }
    let lower = drawing.to_ascii_lowercase();
    let unsafe_parts = [
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
    if !lower.starts_with("<svg") || unsafe_parts.iter().any(|part| lower.contains(part)) {
        return Err(wrong("must be a bare <svg> without scripts, styles, links or references"));
    }
    Ok(Value::from_safe_string(drawing))
}
