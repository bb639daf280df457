//! Keys of nobody: for tokens of clients that do not exist, so that refusing these takes as long as refusing others
//! (SR-147).

use std::sync::OnceLock;

use serde_json::json;

use super::jwk_set::PublicKeys;
use super::{Expectation, Kind, Refused, Signer, open};
use crate::protocol::client_algorithm::ClientAlgorithm;

/// One key for each algorithm, the curves' own base points. Whatever they verify is refused.
fn keys() -> Option<&'static PublicKeys> {
    static KEYS: OnceLock<Option<PublicKeys>> = OnceLock::new();
    let read = || {
        let keys = json!({"keys": [
            {"kty": "RSA", "e": "AQAB", "n": format!("{}w", "_".repeat(341))},
            {"kty": "EC", "crv": "P-256", "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
             "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"},
            {"kty": "EC", "crv": "P-384", "x": "qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3",
             "y": "NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f"},
            {"kty": "OKP", "crv": "Ed25519", "x": "WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY"},
        ]});
        PublicKeys::read(keys.to_string().as_bytes()).ok()
    };
    KEYS.get_or_init(read).as_ref()
}

/// Opens a token as if it were somebody's, and refuses it.
pub(crate) fn refuse(token: &str, kind: Kind) -> Refused {
    let signer = keys().map(Signer::Keys);
    let opened =
        signer.map(|signer| open(token, &Expectation { kind, algorithms: &ClientAlgorithm::ASYMMETRIC, signer }));
    match opened {
        Some(Err(refused)) => refused,
        Some(Ok(_)) | None => Refused::UnknownKey,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_147_there_is_a_key_of_nobody_for_each_algorithm() {
        let keys = keys().unwrap();
        for algorithm in ClientAlgorithm::ASYMMETRIC {
            assert!(keys.all().any(|key| key.fits(algorithm)), "{algorithm:?}");
        }
        assert_eq!(refuse("e30.e30.AA", Kind::ClientAssertion), Refused::Malformed);
        // {"alg":"ES256"}, {}, and a signature of the right length
        let signed = format!("eyJhbGciOiJFUzI1NiJ9.e30.{}", "A".repeat(86));
        assert_eq!(refuse(&signed, Kind::ClientAssertion), Refused::Signature);
    }
}
