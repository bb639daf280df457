//! Showing pages outside of any journey: the list of all samples, and any one of them rendered.
//!
//! Pure: who serves or writes what comes out decides about addresses and files.

use url::Url;

use crate::identity::language::{Language, Localized};
use crate::realm::model::{AccessibilityStatement, AccessibilityStatus, Operator};

use super::frame::{Application, Frame};
use super::page::Exhibit;
use super::theme::{RenderError, Theme};

/// The names of all samples: page, then state.
pub fn list(exhibits: &[Exhibit]) -> Vec<(&'static str, &'static str)> {
    exhibits.iter().map(|exhibit| (exhibit.page, exhibit.sample)).collect()
}

/// The sample of that name in a theme and a frame; `None` when there is none of that name.
pub fn render(
    exhibits: &[Exhibit],
    page: &str,
    sample: &str,
    theme: &Theme,
    frame: &Frame,
) -> Option<Result<String, RenderError>> {
    let exhibit = exhibits.iter().find(|exhibit| exhibit.page == page && exhibit.sample == sample)?;
    Some(exhibit.render(theme, frame))
}

/// A frame with everything in it, of a realm that does not exist, around a page at the address `here`.
pub fn frame(language: Language, here: &str) -> Frame {
    let web = |path: &str| Url::parse("https://www.exemple.fr/").and_then(|base| base.join(path)).ok();
    let operator = Operator {
        legal_name: "Certinomis SA".to_owned(),
        support_email: "assistance@exemple.fr".to_owned(),
        support_phone: Some("+33 1 23 45 67 89".to_owned()),
        help: web("aide"),
        accessibility: web("accessibilite")
            .map(|page| AccessibilityStatement { page, status: AccessibilityStatus::Partial }),
        terms: web("conditions"),
        privacy: web("donnees"),
    };
    let realm = Localized { fr: "Espace client Certinomis".to_owned(), en: "Certinomis customer area".to_owned() };
    let application = Localized { fr: "Portail de commande".to_owned(), en: "Order portal".to_owned() };
    Frame::of(&realm, &operator, language, here).for_application(Application {
        name: application.in_language(language).to_owned(),
        href: Some("https://portail.exemple.fr/".to_owned()),
    })
}
