//! The hidden `_form` field: a one-time id and the proof that the form is ours, in one token (SR-107).
//!
//! The proof is a MAC over the browser, what the form is about, and a random id; a form of another browser, another
//! journey or another site does not have it. The id makes a second submission recognisable.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::entropy::{self, Entropy};
use crate::secret::{Secret, SecretHash};

/// Makes and checks form tokens.
#[derive(Clone)]
pub(crate) struct Forms(hmac::Key);

impl Forms {
    /// With a key of ours.
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.expose()))
    }

    /// A token for one showing of a form about `subject` in `browser`.
    pub(crate) fn token(&self, browser: &SecretHash, subject: &[u8], entropy: &dyn Entropy) -> String {
        let id: [u8; 16] = entropy::bytes(entropy);
        let proof = hmac::sign(&self.0, &message(browser, subject, &id));
        URL_SAFE_NO_PAD.encode([id.as_slice(), proof.as_ref()].concat())
    }

    /// The one-time id of a token that is ours for this browser and subject.
    pub(crate) fn check(&self, token: &str, browser: &SecretHash, subject: &[u8]) -> Option<SecretHash> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, proof) = bytes.split_first_chunk::<16>()?;
        // Constant time by the library.
        hmac::verify(&self.0, &message(browser, subject, id), proof).ok()?;
        Some(SecretHash::of(token))
    }
}

fn message(browser: &SecretHash, subject: &[u8], id: &[u8; 16]) -> Vec<u8> {
    [browser.as_bytes().as_slice(), id, subject].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn sr_107_a_form_is_good_in_its_browser_for_its_subject_only() {
        let forms = Forms::new(&Secret::new([7; 32]));
        let (mine, other) = (SecretHash::of("mine"), SecretHash::of("other"));
        let token = forms.token(&mine, b"flow-1", &SeededEntropy::new(1));
        let mut cut = token.clone();
        cut.pop();
        for (presented, browser, subject, good) in [
            (token.as_str(), &mine, b"flow-1", true),
            (token.as_str(), &other, b"flow-1", false),
            (token.as_str(), &mine, b"flow-2", false),
            (cut.as_str(), &mine, b"flow-1", false),
            ("", &mine, b"flow-1", false),
        ] {
            assert_eq!(forms.check(presented, browser, subject).is_some(), good, "{presented}");
        }
    }
}
