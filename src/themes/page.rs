//! A page is a type: what it shows, in people's terms, beside the handler that fills it.
//!
//! It lists its own samples (first visit, each error, long names, expired), and whoever must see every page in every
//! state walks them: tests, the preview, accessibility runs.

use serde::Serialize;

use crate::clock::Timestamp;

use super::form::FormState;
use super::frame::Frame;
use super::phrase::Phrase;
use super::steps::Steps;
use super::theme::{RenderError, Theme};

/// What a hosted page may load: what is ours, and nothing else (SR-111). No `form-action`: Chromium holds it against the
/// whole redirect chain, which ends at the application (`docs/adr/0006`).
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A hosted page.
pub trait Page: Serialize + Sized + 'static {
    /// Its name in lists, such as `verify-email`.
    const NAME: &'static str;
    /// Its template below `templates/`.
    const TEMPLATE: &'static str;

    /// Its one `<h1>`, which also opens `<title>`.
    fn title(&self) -> Phrase;

    /// The form whose errors the page opens with, when it has one.
    fn form(&self) -> Option<&FormState> {
        None
    }

    /// The page in each state it can be in.
    fn samples(now: Timestamp) -> Vec<Sample<Self>>;
}

/// A page in one of its states.
#[derive(Debug)]
pub struct Sample<P> {
    /// What the state is called, such as `wrong-code`.
    pub name: &'static str,
    /// The page.
    pub page: P,
    /// Which of several steps it is in that state.
    pub steps: Option<Steps>,
}

impl<P> Sample<P> {
    /// The same as one of several steps.
    #[must_use]
    pub fn in_steps(self, steps: Steps) -> Self {
        Self { steps: Some(steps), ..self }
    }
}

type Render = dyn Fn(&Theme, &Frame) -> Result<String, RenderError>;

/// A page in one of its states, of whatever type.
pub struct Exhibit {
    /// The name of the page.
    pub page: &'static str,
    /// The name of the state.
    pub sample: &'static str,
    render: Box<Render>,
}

impl Exhibit {
    /// The page as a browser gets it.
    pub fn render(&self, theme: &Theme, frame: &Frame) -> Result<String, RenderError> {
        (self.render)(theme, frame)
    }
}

/// A sample under its name.
pub fn sample<P>(name: &'static str, page: P) -> Sample<P> {
    Sample { name, page, steps: None }
}

/// Every state of the page `P`.
pub fn exhibits<P: Page>(now: Timestamp) -> Vec<Exhibit> {
    let samples = P::samples(now).into_iter();
    let exhibit = |Sample { name, page, steps }: Sample<P>| Exhibit {
        page: P::NAME,
        sample: name,
        render: Box::new(move |theme: &Theme, frame: &Frame| match &steps {
            Some(steps) => theme.render(&frame.clone().in_steps(steps.clone()), &page),
            None => theme.render(frame, &page),
        }),
    };
    samples.map(exhibit).collect()
}
