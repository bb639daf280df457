//! What a form of ours sent: bounded, each field once, decoded strictly (SR-207).

use std::collections::BTreeMap;

use crate::protocol::parameters::Parameters;
use crate::secret::Secret;
use crate::themes::form::Field;

/// The fields of one submission.
pub(crate) struct Fields(Parameters);

/// Somebody tampered with the form: too many fields, a repeated one, bytes that are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tampered;

impl Fields {
    /// Reads a form body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Tampered> {
        let parameters = Parameters::parse(body).map_err(|_| Tampered)?;
        parameters.none_repeated().map_err(|_| Tampered)?;
        Ok(Self(parameters))
    }

    /// What was typed, or nothing.
    pub(crate) fn text(&self, field: Field) -> &str {
        self.raw(field.name())
    }

    /// A password, code or answer.
    pub(crate) fn secret(&self, field: Field) -> Secret<String> {
        Secret::new(self.text(field).to_owned())
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, field: Field) -> bool {
        !self.text(field).is_empty()
    }

    /// A field by the name it has in the form.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.single(name).ok().flatten().unwrap_or_default()
    }

    /// The one-time id and CSRF proof.
    pub(crate) fn token(&self) -> &str {
        self.raw("_form")
    }

    /// What was typed into all that are no secret, by their names.
    pub(crate) fn typed(&self) -> BTreeMap<String, String> {
        let kept = self.kept(&Field::ALL).into_iter().filter(|(_, typed)| !typed.is_empty());
        kept.map(|(field, typed)| (field.name().to_owned(), typed)).collect()
    }

    /// What was typed into those of `fields` that hold no secret.
    pub(crate) fn kept(&self, fields: &[Field]) -> BTreeMap<Field, String> {
        let shown = fields.iter().filter(|field| !field.is_secret());
        shown.map(|field| (*field, self.text(*field).to_owned())).collect()
    }
}
