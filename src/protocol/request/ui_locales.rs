//! `ui_locales`: languages in order of preference; those we do not speak are no error (OpenID Connect Core §3.1.2.1).

use crate::identity::language::Language;
use crate::protocol::parameters::{ParameterFault, Parameters};

/// The languages asked for, those we speak, each once; asked at sign-out too (RP-Initiated Logout §2).
pub(crate) fn check(parameters: &Parameters) -> Result<Vec<Language>, ParameterFault> {
    let mut languages = Vec::new();
    for language in parameters.single("ui_locales")?.unwrap_or_default().split(' ').flat_map(str::parse) {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    Ok(languages)
}
