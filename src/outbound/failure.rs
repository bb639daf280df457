//! What whoever asked is told, which is one thing, and what the log is told, which is the cause (SR-170).
//!
//! A cause names what happened in our own words. Nothing that the other side said is in it.

use std::error::Error;
use std::io;

use super::address::Special;

/// Nothing was got from there. Why is nobody's business but the operator's (SR-170).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address cannot be reached")]
pub struct Unreachable;

/// What happened, for log and figures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Cause {
    /// The address is none that may be asked.
    #[error("unfit address: {0}")]
    Address(&'static str),
    /// It leads to a closed network.
    #[error("closed address: {0}")]
    Closed(Special),
    /// No connection, or a broken one.
    #[error("no connection")]
    Connection,
    /// TLS failed: a wrong name, an unknown authority, no common version.
    #[error("TLS: {0}")]
    Tls(String),
    /// It took too long.
    #[error("too slow")]
    Slow,
    /// Another status than 200; a redirect is one.
    #[error("status {0}")]
    Status(u16),
    /// Not the kind of document that is expected, or one that is packed.
    #[error("unexpected content type or encoding")]
    ContentType,
    /// Longer than its kind may be.
    #[error("too long")]
    Long,
}

impl Cause {
    /// The label of the figures.
    pub(super) const fn label(&self) -> &'static str {
        match self {
            Self::Address(_) => "unfit_address",
            Self::Closed(_) => "closed_address",
            Self::Connection => "no_connection",
            Self::Tls(_) => "tls",
            Self::Slow => "slow",
            Self::Status(_) => "status",
            Self::ContentType => "content_type",
            Self::Long => "too_long",
        }
    }

    /// Finds the cause among the causes of an error. What is not ours or the handshake's is a connection that failed.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let mut next: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = next {
            if let Some(cause) = error.downcast_ref::<Self>() {
                return cause.clone();
            }
            if let Some(tls) = error.downcast_ref::<rustls::Error>() {
                return Self::Tls(tls.to_string());
            }
            // An `io::Error` passes over the error that it was made of: its source is the source of that one.
            let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            next = match within {
                Some(within) => Some(within),
                None => error.source(),
            };
        }
        Self::Connection
    }
}
