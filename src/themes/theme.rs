//! One realm's look and words: base ← theme ← realm, put together once and never changed.
//!
//! A theme is data (`theme.toml`, catalogues, a few small files); whatever is wrong with it is told when it is loaded,
//! all at once, so that no page fails on it later.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::Serialize;

use crate::identity::language::Language;
use crate::realm::model::Realm;

use super::assets::Asset;
use super::document::Document;
use super::files::{self, BASE};
use super::frame::Frame;
use super::messages::{Catalogue, MessageError};
use super::moment::{Teller, UnknownZone};
use super::page::Page;
use super::palette::Palette;
use super::phrase::Phrase;
use super::voice::Voice;
use super::{environment, guilloche};

/// A realm's look and words.
#[derive(Debug)]
pub struct Theme {
    name: String,
    palette: Palette,
    assets: [Arc<Asset>; 3],
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
        let document = Document::read(name)?;
        let palette = document.palette();
        let assets = document.assets()?;
        let ribbon = guilloche::ribbon(realm);
        let face = |language| document.face(language, &ribbon, &assets);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn reworded(key: &str, sentence: &str) -> Result<Theme, ThemeError> {
        let texts = BTreeMap::from([(key.to_owned(), sentence.to_owned())]);
        Theme::build("certinomis", "acme", "Europe/Paris", &BTreeMap::from([(Language::French, texts)]))
    }

    #[test]
    fn a_realm_has_the_last_word_over_its_texts() {
        let theme = reworded("sign_in.submit", "Entrer").unwrap();
        let submit = Phrase::new("sign_in.submit");
        assert_eq!(theme.say(Language::French, &submit).unwrap(), "Entrer");
        assert_eq!(theme.say(Language::English, &submit).unwrap(), "Sign in");
    }

    #[test]
    fn sr_116_a_realms_texts_bring_in_no_markup_and_no_new_arguments() {
        let theme = reworded("sign_in.submit", "<script>alert(1)</script>").unwrap();
        let told = theme.voice(Language::French).html(&Phrase::new("sign_in.submit")).unwrap();
        assert_eq!(told, "&lt;script&gt;alert(1)&lt;/script&gt;");
        for (key, sentence) in [("sign_in.submit", "{password}"), ("sign_in.sbmit", "Entrer"), ("sign_in.submit", "{")]
        {
            assert!(matches!(reworded(key, sentence), Err(ThemeError::Messages { .. })), "{key} = {sentence}");
        }
    }

    #[test]
    fn sr_116_a_theme_is_one_of_the_list() {
        for name in ["", "nobody", "../base", "base/templates", "/etc"] {
            assert!(Theme::build(name, "acme", "Europe/Paris", &BTreeMap::new()).is_err(), "{name}");
        }
        let zone = Theme::build("base", "acme", "Europe/Lutece", &BTreeMap::new());
        assert!(matches!(zone, Err(ThemeError::Zone(_))));
    }
}
