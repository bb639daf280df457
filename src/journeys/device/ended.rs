//! How it ended with a device: let in, refused, or too late.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Appareil connecté »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DeviceEndedPage {
    /// How.
    pub(crate) ended: Ended,
    /// Where another code is entered.
    pub(crate) again: String,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ended {
    /// The person let it in.
    Allowed,
    /// The person did not.
    Refused,
    /// Nobody answered in time.
    Expired,
}

impl Page for DeviceEndedPage {
    const NAME: &'static str = "device-ended";
    const TEMPLATE: &'static str = "device_ended.html";

    fn title(&self) -> Phrase {
        match self.ended {
            Ended::Allowed => Phrase::new("device_ended.allowed_title"),
            Ended::Refused => Phrase::new("device_ended.refused_title"),
            Ended::Expired => Phrase::new("device_ended.expired_title"),
        }
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let page = |ended| Self { ended, again: "/realms/certinomis/device".to_owned() };
        vec![
            sample("allowed", page(Ended::Allowed)),
            sample("refused", page(Ended::Refused)),
            sample("expired", page(Ended::Expired)),
        ]
    }
}
