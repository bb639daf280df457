//! Links that lead no further, each with what happened and a way on: expired, used, replaced, cut, refused.

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::samples;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

use super::{Device, Purpose};

/// « Ce lien a expiré ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LinkExpiredPage {
    /// A new link, without typing anything: sent as `do=renew`.
    pub(crate) form: FormState,
    /// How long the link lived.
    pub(crate) lived: Duration,
    /// When it ended.
    pub(crate) until: Timestamp,
}

impl Page for LinkExpiredPage {
    const NAME: &'static str = "link-expired";
    const TEMPLATE: &'static str = "link_expired.html";

    fn title(&self) -> Phrase {
        Phrase::new("link_expired.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let lived = |lived| Self { form: samples::form(), lived, until: now - Duration::from_hours(2) };
        vec![sample("reset", lived(Duration::from_mins(30))), sample("verify", lived(Duration::from_hours(24)))]
    }
}

/// « Ce lien a déjà servi ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LinkUsedPage {
    /// « Ce n’était pas moi », sent as `do=refuse`.
    pub(crate) form: FormState,
    /// What the link was for, and so what it has done.
    pub(crate) purpose: Purpose,
    /// When it was used.
    pub(crate) used_at: Timestamp,
    /// From which browser, when that is known.
    pub(crate) used_from: Option<Device>,
    /// The next step.
    pub(crate) go_on: String,
}

impl Page for LinkUsedPage {
    const NAME: &'static str = "link-used";
    const TEMPLATE: &'static str = "link_used.html";

    fn title(&self) -> Phrase {
        Phrase::new("link_used.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let used = |purpose, used_from| Self {
            form: samples::form(),
            purpose,
            used_at: now - Duration::from_mins(10),
            used_from,
            go_on: samples::NEXT.to_owned(),
        };
        vec![
            sample("verify", used(Purpose::VerifyEmail, Some(Device::sample()))),
            sample("reset", used(Purpose::ResetPassword, None)),
        ]
    }
}

/// « Un lien plus récent est parti ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LinkReplacedPage {
    /// A new link, sent as `do=renew`.
    pub(crate) form: FormState,
    /// When the newer link was sent.
    pub(crate) newer_sent_at: Timestamp,
}

impl Page for LinkReplacedPage {
    const NAME: &'static str = "link-replaced";
    const TEMPLATE: &'static str = "link_replaced.html";

    fn title(&self) -> Phrase {
        Phrase::new("link_replaced.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("replaced", Self { form: samples::form(), newer_sent_at: now - Duration::from_mins(5) })]
    }
}

/// « Ce lien est incomplet »: cut by a mail program, or never one of ours. Nothing is known about it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LinkIncompletePage {
    /// Where one can start afresh.
    pub(crate) start: String,
}

impl Page for LinkIncompletePage {
    const NAME: &'static str = "link-incomplete";
    const TEMPLATE: &'static str = "link_incomplete.html";

    fn title(&self) -> Phrase {
        Phrase::new("link_incomplete.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("incomplete", Self { start: samples::NEXT.to_owned() })]
    }
}

/// « C’est noté »: the link was refused by « Ce n’est pas moi ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LinkRefusedPage {
    /// What the link was for.
    pub(crate) purpose: Purpose,
}

impl Page for LinkRefusedPage {
    const NAME: &'static str = "link-refused";
    const TEMPLATE: &'static str = "link_refused.html";

    fn title(&self) -> Phrase {
        Phrase::new("link_refused.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![
            sample("verify", Self { purpose: Purpose::VerifyEmail }),
            sample("reset", Self { purpose: Purpose::ResetPassword }),
        ]
    }
}
