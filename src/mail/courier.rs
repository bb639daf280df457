//! Hands messages to the operator's SMTP relay.
//!
//! TLS with a verified name, by STARTTLS or from the first byte; clear text to this very machine only, and asking for
//! anything less stops the start (SR-172, SR-214). One connection per message, nothing kept between two: an answer
//! that comes late can then never be taken for the answer to the next message. The library's wire log is compiled
//! out, for it would print links and codes (SR-197).

use std::net::IpAddr;
use std::path::PathBuf;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use serde::{Deserialize, Serialize};

use super::delivery::Receipt;
use super::envelope::Envelope;
use super::failure::{Failure, Reason};
use crate::clock::Duration;
use crate::secret::Secret;

/// How the way to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// TLS from the first byte (RFC 8314 §3.3).
    Tls,
    /// STARTTLS (RFC 3207), and no mail where it is not offered.
    #[default]
    StartTls,
    /// Clear text: for a relay on this machine only.
    None,
}

impl TlsMode {
    /// The port that goes with it.
    const fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

/// What the operator says about the relay.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Its port; 465 for `tls`, 587 for `starttls`, 25 for `none`.
    pub port: Option<u16>,
    /// How the way there is protected.
    pub tls: TlsMode,
    /// As whom we sign in, and with what.
    pub credentials: Option<(String, Secret<String>)>,
    /// A PEM file with further authorities to trust, for private relays.
    pub ca_file: Option<PathBuf>,
    /// The name we greet with; this machine's by default.
    pub helo: Option<String>,
    /// How long opening may take, and again handing over.
    pub timeout: Duration,
}

impl SmtpSettings {
    /// A relay with everything else at its default.
    pub fn to(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: None,
            tls: TlsMode::default(),
            credentials: None,
            ca_file: None,
            helo: None,
            timeout: Duration::from_secs(30),
        }
    }
}

/// Settings with which no mail may be sent.
#[derive(Debug, thiserror::Error)]
pub enum BadSmtp {
    /// Clear text to another machine.
    #[error("mail.tls = \"none\" is for a relay on this machine; {0} is another one: use \"starttls\" or \"tls\"")]
    ClearText(String),
    /// The authorities could not be read.
    #[error("mail.ca_file {path}: {cause}")]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The name we greet with is none.
    #[error("mail.helo {0:?} is not a host name")]
    Helo(String),
}

/// Sends over SMTP.
pub struct Courier {
    settings: SmtpSettings,
    tls: Option<TlsParameters>,
    helo: ClientId,
}

impl Courier {
    /// A courier for that relay; connects to nothing yet.
    pub fn new(settings: SmtpSettings) -> Result<Self, BadSmtp> {
        let tls = match settings.tls {
            TlsMode::None if is_loopback(&settings.host) => None,
            TlsMode::None => return Err(BadSmtp::ClearText(settings.host)),
            TlsMode::Tls | TlsMode::StartTls => Some(tls_parameters(&settings)?),
        };
        let helo = match &settings.helo {
            Some(name) if is_host_name(name) => ClientId::Domain(name.clone()),
            Some(name) => return Err(BadSmtp::Helo(name.clone())),
            None => ClientId::default(),
        };
        Ok(Self { settings, tls, helo })
    }

    /// Hands one message over. Once the relay has taken it, nothing that follows makes it a failure.
    pub async fn send(&self, envelope: &Envelope) -> Result<Receipt, Failure> {
        let message = envelope.message()?;
        let receipt = Receipt { message_id: envelope.message_id().unwrap_or_default() };
        let mut relay = self.in_time(self.open()).await?.map_err(|error| Failure::opening(&error))?;
        let handing_over = async { relay.send(message.envelope(), &message.formatted()).await };
        self.in_time(handing_over).await?.map_err(|error| Failure::handing_over(&error))?;
        let _parting_words = self.in_time(relay.quit()).await;
        Ok(receipt)
    }

    /// Connects, secures the connection, signs in: in this order, so that nothing is said in clear.
    async fn open(&self) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let SmtpSettings { host, port, tls, credentials, timeout, .. } = &self.settings;
        let server = (host.trim_matches(['[', ']']), port.unwrap_or(tls.port()));
        let at_once = self.tls.clone().filter(|_| *tls == TlsMode::Tls);
        let mut relay = AsyncSmtpConnection::connect_tokio1(server, Some(*timeout), &self.helo, at_once, None).await?;
        if let (TlsMode::StartTls, Some(parameters)) = (tls, &self.tls) {
            relay.starttls(parameters.clone(), &self.helo).await?;
        }
        if let Some((user, password)) = credentials {
            let credentials = Credentials::new(user.clone(), password.expose().clone());
            relay.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(relay)
    }

    /// The library bounds the connection alone: a relay that goes silent later would hold us for ever.
    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::time::timeout(self.settings.timeout, work).await.map_err(|_| Failure::Temporary(Reason::TimedOut))
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, BadSmtp> {
    let name = settings.host.trim_matches(['[', ']']).to_owned();
    let mut builder = TlsParameters::builder(name);
    let path = settings.ca_file.clone().unwrap_or_default();
    let bad = |cause: String| BadSmtp::Authorities { path: path.clone(), cause };
    if settings.ca_file.is_some() {
        let pem = std::fs::read(&path).map_err(|error| bad(error.to_string()))?;
        // An empty file would mean "trust nobody more", which is not what whoever wrote the setting expects.
        if !pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----") {
            return Err(bad("holds no PEM certificate".to_owned()));
        }
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| bad(error.to_string()))?);
    }
    builder.build().map_err(|error| bad(error.to_string()))
}

/// `localhost` never leaves the machine (RFC 6761 §6.3).
fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_host_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    !name.is_empty() && name.len() <= 253 && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_172_clear_text_is_for_this_machine_alone() {
        for (host, accepted) in [
            ("127.0.0.1", true),
            ("127.8.0.9", true),
            ("::1", true),
            ("[::1]", true),
            ("localhost", true),
            ("LocalHost", true),
            ("relay.example", false),
            ("localhost.relay.example", false),
            ("127.0.0.1.relay.example", false),
            ("10.0.0.1", false),
            ("0.0.0.0", false),
            ("", false),
        ] {
            let settings = SmtpSettings { tls: TlsMode::None, ..SmtpSettings::to(host) };
            assert_eq!(Courier::new(settings).is_ok(), accepted, "{host}");
        }
    }

    #[test]
    fn sr_214_settings_that_cannot_be_meant_stop_the_start() {
        let table: [(&str, SmtpSettings); 3] = [
            (
                "no such file",
                SmtpSettings { ca_file: Some("/nowhere.pem".into()), ..SmtpSettings::to("relay.example") },
            ),
            ("not PEM", SmtpSettings { ca_file: Some("Cargo.toml".into()), ..SmtpSettings::to("relay.example") }),
            ("greeting", SmtpSettings { helo: Some("a b\r\n".to_owned()), ..SmtpSettings::to("relay.example") }),
        ];
        for (case, settings) in table {
            assert!(Courier::new(settings).is_err(), "{case}");
        }
    }

    #[test]
    fn sr_172_starttls_is_the_default() {
        assert_eq!(SmtpSettings::to("relay.example").tls, TlsMode::StartTls);
    }
}
