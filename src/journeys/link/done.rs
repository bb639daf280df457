//! The address is proven: on to the next step here, or back to the browser where the journey began.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::journeys::samples;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

use super::Device;

/// « Adresse confirmée » or « C’est confirmé ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LinkDonePage {
    /// Where the journey began.
    pub(crate) began: Began,
    /// The next step of the journey here; a sign-in of its own when the journey began elsewhere.
    pub(crate) go_on: String,
}

/// Where a journey began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Began {
    /// In this very browser.
    Here,
    /// In another one, which is named when it is known.
    Elsewhere(Option<Device>),
}

impl Page for LinkDonePage {
    const NAME: &'static str = "link-done";
    const TEMPLATE: &'static str = "link_done.html";

    fn title(&self) -> Phrase {
        Phrase::new(match self.began {
            Began::Here => "link_done.title",
            Began::Elsewhere(_) => "link_done.elsewhere_title",
        })
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let began = |began| Self { began, go_on: samples::NEXT.to_owned() };
        vec![
            sample("same-browser", began(Began::Here)),
            sample("other-browser", began(Began::Elsewhere(Some(Device::sample())))),
            sample("unknown-browser", began(Began::Elsewhere(None))),
        ]
    }
}
