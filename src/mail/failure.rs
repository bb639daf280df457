//! Why a message did not leave, and whether trying again can help.
//!
//! What is kept of a relay's answer is its code and nothing it wrote: some relays quote the message they refuse,
//! link and all, and the reason goes to the log and to a column (SR-197).

use std::fmt;
use std::io;

use lettre::transport::smtp::Error as SmtpError;

/// A message that did not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The relay may take it later: it is down, busy, misconfigured or not the one we trust.
    Temporary(Reason),
    /// It will never be taken.
    Permanent(Reason),
}

impl Failure {
    /// What happened.
    pub const fn reason(&self) -> &Reason {
        match self {
            Self::Temporary(reason) | Self::Permanent(reason) => reason,
        }
    }

    /// Reads an error met before any message was handed over.
    ///
    /// Never permanent: a wrong certificate, a wrong password or a relay that is closed to us is for the operator to
    /// mend, and the people who wait for their mail are not to pay for it.
    pub(super) fn opening(error: &SmtpError) -> Self {
        let reason = if error.is_client() {
            Reason::NotOffered
        } else if let Some(tls) = tls_error(error) {
            Reason::Tls(tls)
        } else {
            Reason::of_answer(error).unwrap_or(Reason::Unreachable)
        };
        Self::Temporary(reason)
    }

    /// Reads an error met while the message was handed over.
    pub(super) fn handing_over(error: &SmtpError) -> Self {
        // RFC 4954 §6 and RFC 3207 §4: these refuse us, not the message.
        const OURS: [u16; 5] = [530, 534, 535, 538, 454];
        if error.is_client() {
            return Self::Permanent(Reason::AddressNotCarried);
        }
        let reason = Reason::of_answer(error).unwrap_or(Reason::Interrupted);
        match &reason {
            Reason::Answered { code, .. } if error.is_permanent() && !OURS.contains(code) => Self::Permanent(reason),
            _ => Self::Temporary(reason),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason().fmt(f)
    }
}

/// What happened, in words for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// No connection.
    #[error("the relay cannot be reached")]
    Unreachable,
    /// The relay's certificate is not the one of its name, or TLS failed otherwise.
    #[error("TLS with the relay failed: {0}")]
    Tls(String),
    /// Neither STARTTLS nor a way to sign in that we speak.
    #[error("the relay offers no STARTTLS, or no way to sign in that we speak (PLAIN, LOGIN)")]
    NotOffered,
    /// The connection ended in the middle.
    #[error("the connection to the relay was interrupted")]
    Interrupted,
    /// The relay did not answer in time.
    #[error("the relay did not answer in time")]
    TimedOut,
    /// The relay answered with a code that is no success (RFC 5321 §4.2, RFC 3463).
    #[error("the relay answered {code}{}", .enhanced.as_ref().map(|status| format!(" {status}")).unwrap_or_default())]
    Answered {
        /// The reply code.
        code: u16,
        /// The enhanced status code, such as `5.1.1`.
        enhanced: Option<String>,
    },
    /// A recipient beyond ASCII and a relay without SMTPUTF8 (RFC 6531).
    #[error("the recipient's address needs SMTPUTF8, which the relay does not offer")]
    AddressNotCarried,
    /// The message breaks a rule of ours.
    #[error("not sendable: {0}")]
    Unsendable(&'static str),
}

impl Reason {
    /// The relay's own answer, when there was one.
    fn of_answer(error: &SmtpError) -> Option<Self> {
        let code = error.status()?.into();
        let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        Some(Self::Answered { code, enhanced: enhanced_status(&text) })
    }
}

/// The enhanced status code at the start of a relay's text (RFC 2034 §4).
fn enhanced_status(text: &str) -> Option<String> {
    let first = text.split_whitespace().next()?;
    let parts: Vec<&str> = first.split('.').collect();
    let numbers = parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    (parts.len() == 3 && numbers).then(|| first.to_owned())
}

/// What rustls found wrong, which names hosts and dates and holds no secret.
fn tls_error(error: &SmtpError) -> Option<String> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        let inner = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(tls) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Some(tls.to_string());
        }
        cause = current.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_197_of_a_relays_words_only_the_status_is_kept() {
        for (text, kept) in [
            ("5.1.1 no such user", Some("5.1.1")),
            ("4.7.0", Some("4.7.0")),
            ("message refused: https://compte.example/link?token=abc", None),
            ("5.1 too short", None),
            ("5.1.1.1 too long", None),
            ("5.a.1 no number", None),
            ("", None),
        ] {
            assert_eq!(enhanced_status(text).as_deref(), kept, "{text}");
        }
    }
}
