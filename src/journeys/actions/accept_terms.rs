//! Accepting the terms of use that are in force: all that are owed on one page, in full, with a box that nobody ticked.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::identity::terms::text::{self, Block};
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Conditions d’utilisation »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AcceptTermsPage {
    /// Sent as `do=accept` with the box, or as `do=refuse`.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// What is accepted.
    pub(crate) documents: Vec<ShownTerms>,
    /// The language and the digests of what is shown here.
    pub(crate) shown: String,
    /// « J’ai lu et j’accepte … »
    pub(crate) label: Phrase,
}

/// One document as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ShownTerms {
    /// What tells it from the others on the page.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) title: String,
    /// Its version.
    pub(crate) version: String,
    /// Since when it is in force.
    pub(crate) effective: Timestamp,
    /// What changed.
    pub(crate) changes: Option<String>,
    /// What it says.
    pub(crate) blocks: Vec<Block>,
    /// The same as a file to keep.
    pub(crate) pdf: String,
    /// The same as plain text, byte by byte what is accepted.
    pub(crate) text: String,
}

impl ShownTerms {
    /// One as long as the law likes them.
    pub(crate) fn sample(now: Timestamp) -> Self {
        let at = "/realms/certinomis/terms/cgu/2";
        Self {
            id: "cgu".to_owned(),
            title: "Conditions d’utilisation".to_owned(),
            version: "2".to_owned(),
            effective: now,
            changes: None,
            blocks: text::parse(SAMPLE),
            pdf: format!("{at}/fr.pdf"),
            text: format!("{at}/fr.md"),
        }
    }
}

/// A contract of no realm.
const SAMPLE: &str = "# Objet\n\nLe présent texte règle l’accès à l’espace client et son usage, que les **certificats** \
    soient commandés ou non.\n\n## Compte\n\n- Une adresse ne sert qu’à une personne.\n- Le mot de passe ne se transmet \
    à personne, même à l’assistance.\n\n# Durée\n\n1. Le compte dure tant qu’il sert.\n2. Il se ferme sur demande.\n";

/// « J’ai lu et j’accepte … », for one document or for several.
pub(crate) fn label(documents: &[ShownTerms]) -> Phrase {
    match documents {
        [only] => Phrase::new("accept_terms.accept_one").words("title", &only.title).day("day", only.effective),
        _ => Phrase::new("accept_terms.accept_all"),
    }
}

impl Page for AcceptTermsPage {
    const NAME: &'static str = "accept-terms";
    const TEMPLATE: &'static str = "accept_terms.html";

    fn title(&self) -> Phrase {
        match self.documents.as_slice() {
            [only] => Phrase::new("accept_terms.title_one").words("title", &only.title),
            _ => Phrase::new("accept_terms.title"),
        }
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |documents: Vec<ShownTerms>| Self {
            form: samples::form(),
            notice: None,
            label: label(&documents),
            documents,
            shown: "fr:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned(),
        };
        let one = || page(vec![ShownTerms::sample(now)]);
        let changed = ShownTerms {
            changes: Some("L’article sur la durée est plus précis.".to_owned()),
            ..ShownTerms::sample(now)
        };
        let other = ShownTerms {
            id: "charte".to_owned(),
            title: "Charte des partenaires".to_owned(),
            ..ShownTerms::sample(now)
        };
        vec![
            sample("first-visit", one()),
            sample("what-changed", page(vec![changed])),
            sample("two-documents", page(vec![ShownTerms::sample(now), other])),
            sample(
                "unticked",
                Self { form: samples::form().refuse(Field::Accept, refusals::terms_unticked()), ..one() },
            ),
            sample("changed-meanwhile", Self { notice: Some(Notice::terms_changed()), ..one() }),
        ]
    }
}
