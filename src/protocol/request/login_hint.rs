//! `login_hint`: what to write into the identifier field (OpenID Connect Core §3.1.2.1).
//!
//! It never authenticates and never reveals whether somebody exists (SR-136). One that could not be an identifier is
//! dropped rather than refused or shortened: it is a hint.

use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

/// No identifier is longer: 254 characters of e-mail address (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;

pub(super) fn check(parameters: &Parameters) -> Result<Option<String>, Error> {
    let hint = parameters.single("login_hint")?.map(str::trim);
    // SR-117: control characters, and the invisible ones that turn the direction of text.
    let plain = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let usable = |hint: &&str| !hint.is_empty() && hint.chars().count() <= LONGEST && hint.chars().all(plain);
    Ok(hint.filter(usable).map(str::to_owned))
}
