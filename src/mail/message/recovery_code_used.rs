//! "A recovery code was used": how many are left, for whoever has lost a telephone or been robbed of a list (SR-83).

use serde::{Deserialize, Serialize};

use super::samples::Who;
use super::{Notice, Reader, Sheet, notice};
use crate::clock::Timestamp;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecoveryCodeUsed {
    /// To whom, when and from where.
    #[serde(flatten)]
    pub notice: Notice,
    /// How many codes are left.
    pub left: u64,
}

impl RecoveryCodeUsed {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        Sheet {
            subject: Phrase::new("mail.recovery_code_used.subject").count(self.left),
            lead: Phrase::new("mail.recovery_code_used.lead").words("realm", reader.realm).count(self.left),
            ..self.notice.sheet(&notice::RECOVERY_CODE_USED, reader)
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self { notice: Notice::sample(who, now), left: 4 }
    }
}
