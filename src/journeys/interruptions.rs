//! Pages that come between a person and the next step, each with one way on (UX.md §1.2).

use serde::Serialize;

use crate::clock::Timestamp;
use crate::journeys::samples;
use crate::themes::form::FormState;
use crate::themes::frame::Application;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Quelle application voulez-vous ouvrir ? »: the request is lost, or the page was a bookmark.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ApplicationsPage {
    /// The realm's applications that have a home.
    pub(crate) applications: Vec<Application>,
    /// Whether a way back was lost; whoever follows a link of a mail had none.
    pub(crate) lost: bool,
}

impl Page for ApplicationsPage {
    const NAME: &'static str = "applications";
    const TEMPLATE: &'static str = "applications.html";

    fn title(&self) -> Phrase {
        Phrase::new("applications.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let open =
            |name: &str| Application { name: name.to_owned(), href: Some("https://portail.exemple.fr/".to_owned()) };
        let two = vec![open("Portail de commande"), open("Espace documents")];
        let page = |applications, lost| Self { applications, lost };
        vec![
            sample("two", page(two.clone(), true)),
            sample("from-a-mail", page(two, false)),
            sample("none", page(Vec::new(), true)),
        ]
    }
}

/// « Une session est ouverte au nom de Marie Durand. Continuer ? »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ContinueAsPage {
    /// Sent as `do=continue`, or as `do=switch` to use another account.
    pub(crate) form: FormState,
    /// Whose session is open.
    pub(crate) name: String,
}

impl Page for ContinueAsPage {
    const NAME: &'static str = "continue-as";
    const TEMPLATE: &'static str = "continue_as.html";

    fn title(&self) -> Phrase {
        Phrase::new("continue_as.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let of = |name: &str| Self { form: samples::form(), name: name.to_owned() };
        vec![sample("open", of("Marie Durand")), sample("long-name", of(samples::LONG_NAME))]
    }
}

/// « Cette étape est déjà faite. »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepDonePage {
    /// The step that is next.
    pub(crate) go_on: String,
}

impl Page for StepDonePage {
    const NAME: &'static str = "step-done";
    const TEMPLATE: &'static str = "step_done.html";

    fn title(&self) -> Phrase {
        Phrase::new("step_done.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("done", Self { go_on: samples::NEXT.to_owned() })]
    }
}

/// « Tout est prêt »: what was owed is owed no more, because support or the realm's files changed it meanwhile. Only a
/// form opens a session.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReadyPage {
    /// Nothing but the button.
    pub(crate) form: FormState,
}

impl Page for ReadyPage {
    const NAME: &'static str = "ready";
    const TEMPLATE: &'static str = "ready.html";

    fn title(&self) -> Phrase {
        Phrase::new("ready.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("ready", Self { form: samples::form() })]
    }
}

/// « Votre navigateur refuse les cookies de ce site. »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CookiesRefusedPage {
    /// The page to try again, with what was typed as far as it may stand in an address.
    pub(crate) again: String,
}

impl Page for CookiesRefusedPage {
    const NAME: &'static str = "cookies-refused";
    const TEMPLATE: &'static str = "cookies_refused.html";

    fn title(&self) -> Phrase {
        Phrase::new("cookies_refused.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("refused", Self { again: samples::NEXT.to_owned() })]
    }
}

/// « Recommencez depuis cette page »: the form came from another site, or its proof did not fit (SR-107).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StartAgainPage {
    /// The page to start from.
    pub(crate) start: String,
}

impl Page for StartAgainPage {
    const NAME: &'static str = "start-again";
    const TEMPLATE: &'static str = "start_again.html";

    fn title(&self) -> Phrase {
        Phrase::new("start_again.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("foreign-form", Self { start: samples::NEXT.to_owned() })]
    }
}
