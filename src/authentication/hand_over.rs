//! What was judged of a certificate on the host that asks for them, on its way back to the journey.

use serde::{Deserialize, Serialize};

use crate::proofs::certificate::{CertificateProof, Particulars, Refusal};

/// What came of asking for a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "judged", rename_all = "snake_case")]
pub enum Judged {
    /// The browser showed none.
    Nothing,
    /// It proves somebody.
    Proven {
        /// The proof.
        proof: CertificateProof,
    },
    /// It proves nothing.
    Refused {
        /// Why.
        why: Refusal,
        /// What it says, as far as it can be read.
        shown: Option<Particulars>,
    },
}
