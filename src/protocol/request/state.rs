//! `state`: opaque, returned unchanged, never interpreted (RFC 6749 §4.1.2, SR-132).

use crate::protocol::parameters::Parameters;

/// Never fails: a repeated `state` is refused with the other repetitions, in an answer that carries none.
pub(super) fn check(parameters: &Parameters) -> Option<String> {
    parameters.single("state").ok().flatten().map(str::to_owned)
}
