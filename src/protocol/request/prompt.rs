//! `prompt`: which pages the client wants shown (OpenID Connect Core §3.1.2.1; Initiating User Registration 1.0 §4).

use serde::{Deserialize, Serialize};

use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

/// A value of `prompt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Prompt {
    /// Show nothing.
    None,
    /// Authenticate, signed in or not.
    Login,
    /// Ask for consent.
    Consent,
    /// Let the person choose an account.
    SelectAccount,
    /// Show registration first.
    Create,
}

impl Prompt {
    const ALL: [Self; 5] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount, Self::Create];

    /// The value on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The values of one request: either `none`, or others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Prompts(u8);

impl Prompts {
    /// Whether the value is among them.
    pub(crate) const fn contains(self, prompt: Prompt) -> bool {
        self.0 & prompt.bit() != 0
    }

    /// Whether a session made earlier is not enough. Whoever chooses an account may choose the open one.
    pub(crate) const fn ask_for_authentication(self) -> bool {
        self.contains(Prompt::Login) || self.contains(Prompt::Create)
    }
}

/// Whether the request says `prompt=none`, whatever else is wrong with it.
pub(super) fn asks_for_silence(parameters: &Parameters) -> bool {
    parameters.single("prompt") == Ok(Some(Prompt::None.as_str()))
}

pub(super) fn check(parameters: &Parameters, registration_open: bool) -> Result<Prompts, Error> {
    let mut prompts = Prompts::default();
    for word in parameters.single("prompt")?.unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        let known = Prompt::ALL.into_iter().find(|prompt| prompt.as_str() == word);
        let prompt = known.ok_or(Error::invalid_request("prompt has an unknown value"))?;
        prompts.0 |= prompt.bit();
    }
    if prompts.contains(Prompt::None) && prompts.0 != Prompt::None.bit() {
        // "If this parameter contains none with any other value, an error is returned."
        return Err(Error::invalid_request("prompt=none stands alone"));
    }
    if prompts.contains(Prompt::Create) && !registration_open {
        return Err(Error::invalid_request("prompt=create is not supported: registration is closed"));
    }
    Ok(prompts)
}
