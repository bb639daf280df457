//! An answer that travels as a form (OAuth 2.0 Form Post Response Mode §2): posted by the script, or by one button.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Retour à l’application ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FormPostPage {
    /// The proven address of the client.
    pub(crate) action: String,
    /// What it is told; every value is escaped (SR-117).
    pub(crate) fields: Vec<(String, String)>,
    /// Whether it may go without a look at it: an error that nobody asked silence for may not (SR-126).
    pub(crate) by_itself: bool,
}

impl Page for FormPostPage {
    const NAME: &'static str = "form-post";
    const TEMPLATE: &'static str = "form_post.html";

    fn title(&self) -> Phrase {
        Phrase::new("form_post.title")
    }

    fn samples(_: Timestamp) -> Vec<Sample<Self>> {
        let fields = [("code", "q1WkXo8mZ0v2J7uYtR5sB9"), ("state", "\"><script>"), ("iss", "https://id.example")];
        let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let page =
            |by_itself| Self { action: "https://portail.example/retour".to_owned(), fields: fields.clone(), by_itself };
        vec![sample("usual", page(true)), sample("refused", page(false))]
    }
}
