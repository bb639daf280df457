//! The bar above a page that is a step of several: where it stands, what is done, what is ahead, and the way to go on later.

use serde::Serialize;

use super::form::FormState;
use super::phrase::Phrase;
use crate::authentication::activation::Standing;

/// The steps, and which of them the page is.
#[derive(Debug, Clone, Serialize)]
pub struct Steps {
    /// All of them, in order.
    pub all: Vec<Step>,
    /// The number of the present one, from 1.
    pub at: usize,
    /// On the first: about how many minutes they take.
    pub minutes: Option<u64>,
    /// « Enregistrer et reprendre plus tard », for whoever can come back.
    pub later: Option<Later>,
}

/// One step.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// What it is called.
    pub label: Phrase,
    /// Where it stands.
    pub standing: Standing,
    /// Its page, where it was settled in this journey.
    pub href: Option<String>,
}

/// The form that leaves, and comes back later.
#[derive(Debug, Clone, Serialize)]
pub struct Later {
    /// Where it is sent.
    pub action: String,
    /// Nothing but the button.
    pub form: FormState,
}
