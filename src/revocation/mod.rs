//! Whether a certificate was revoked: asked of those whom its issuer names, and of the lists in the realm's folder
//! (SR-90, ADR 0043).
//!
//! Only a [`CertificationPath`] can be asked about: every address in it was signed by an authority that the realm lists.
//! Each certificate of the way is asked about, by lists of the realm, then OCSP, then every distribution point, until one
//! source tells. What others published is kept in the database as it came, for all nodes, and judged anew each time; who
//! failed is not asked again for a moment. Nothing here decides what becomes of a certificate that nobody tells about.

pub mod crl;
pub mod ocsp;
pub mod told;

use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;

use self::told::Told;
use crate::clock::{Duration, Timestamp, hours, minutes};
use crate::entropy::{self, Entropy};
use crate::outbound::{Document, Outbound, Purpose, Unreachable};
use crate::proofs::certificate::{Doubt, Standing};
use crate::store::revocation_copies::{self, Copy};
use crate::store::{Store, StoreError};
use crate::x509::{CertificationPath, RevocationList, fields};

/// After how long a list that still holds is asked for again: authorities publish ahead of the date they announce.
const LIST_REST: Duration = hours(1);
/// The same of an answer: a theft reported meanwhile should be known soon.
const ANSWER_REST: Duration = minutes(10);
/// How long all questions about one way may take together: somebody waits.
const PATIENCE: Duration = Duration::from_secs(8);
/// For how long somebody who failed is not asked.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// A certificate and its issuer's.
type Link<'a> = (&'a CertificateDer<'static>, &'a CertificateDer<'static>);

/// Asks about certificates.
pub struct Revocation<'a> {
    /// Where copies are kept.
    pub store: &'a Store,
    /// The guarded way out.
    pub outbound: &'a Outbound,
    /// Chance, for nonces.
    pub entropy: &'a dyn Entropy,
}

impl Revocation<'_> {
    /// How the certificates of that way stand: as badly as the worst of them.
    pub async fn standing(
        &self,
        path: &CertificationPath,
        lists: &[RevocationList],
        now: Timestamp,
    ) -> Result<Standing, StoreError> {
        let asked = tokio::time::timeout(PATIENCE, self.worst(path, lists, now)).await;
        asked.unwrap_or(Ok(Standing::Unknown(Doubt::Unreachable)))
    }

    /// Asks anew for the lists that this way is judged by, as far as there are copies of them which have rested: so that
    /// nobody waits for them at a page.
    pub async fn freshen(&self, path: &CertificationPath, now: Timestamp) -> Result<(), StoreError> {
        tokio::time::timeout(PATIENCE, self.lists_of(path, now)).await.unwrap_or(Ok(()))
    }

    async fn lists_of(&self, path: &CertificationPath, now: Timestamp) -> Result<(), StoreError> {
        for link in path.links() {
            let Some(subject) = fields::read(link.0) else { continue };
            for list in Source::of(&subject).into_iter().filter(|source| matches!(source, Source::List(_))) {
                let kept = revocation_copies::find(&self.store.reads(), &list.key(link)).await?;
                if kept.is_some_and(|copy| copy.body.is_some()) {
                    // What it says of this very certificate is for whoever shows it.
                    let _ = self.ask(&list, link, now).await?;
                }
            }
        }
        Ok(())
    }

    async fn worst(
        &self,
        path: &CertificationPath,
        lists: &[RevocationList],
        now: Timestamp,
    ) -> Result<Standing, StoreError> {
        let mut whole = Standing::Good;
        for link in path.links() {
            match self.standing_of(link, lists, now).await? {
                Standing::Good => {}
                revoked @ Standing::Revoked { .. } => return Ok(revoked),
                doubt @ Standing::Unknown(_) => whole = doubt,
            }
        }
        Ok(whole)
    }

    /// The first source that tells is believed; if none does, the last doubt says why.
    async fn standing_of(
        &self,
        link: Link<'_>,
        lists: &[RevocationList],
        now: Timestamp,
    ) -> Result<Standing, StoreError> {
        let mut doubt = Doubt::NoSource;
        for list in lists {
            match crl::judge(list.der(), link, now) {
                Ok(told) => return Ok(told.standing),
                Err(Doubt::Elsewhere) => {}
                Err(why) => doubt = why,
            }
        }
        let Some(subject) = fields::read(link.0) else { return Ok(Standing::Unknown(Doubt::Unreadable)) };
        for source in Source::of(&subject) {
            match self.ask(&source, link, now).await? {
                Ok(told) => return Ok(told.standing),
                Err(why) => {
                    tracing::info!(
                        host = source.host(),
                        doubt = why.word(),
                        "the status of a certificate was not told"
                    );
                    doubt = why;
                }
            }
        }
        Ok(Standing::Unknown(doubt))
    }

    /// The copy, as long as it rests; else a newer one, if it comes, is good and is newer.
    async fn ask(&self, source: &Source, link: Link<'_>, now: Timestamp) -> Result<Result<Told, Doubt>, StoreError> {
        let key = source.key(link);
        let kept = revocation_copies::find(&self.store.reads(), &key).await?;
        let known = kept.as_ref().and_then(|copy| copy.body.as_deref()).map(|body| source.judge(body, link, None, now));
        if kept.as_ref().is_some_and(|copy| now < copy.rests_until) {
            return Ok(known.unwrap_or(Err(Doubt::Unreachable)));
        }
        let nonce: [u8; 32] = entropy::bytes(self.entropy);
        let (fresh, body) = match self.fetch(source, link, &nonce).await {
            Ok(document) => (source.judge(document.bytes(), link, Some(&nonce), now), Some(document)),
            Err(Unreachable) => (Err(Doubt::Unreachable), None),
        };
        // Whoever sits between us and the authority may send an older word that still holds: it replaces no newer one.
        let before = known.and_then(Result::ok);
        let newer = fresh.ok().filter(|told| before.is_none_or(|before| told.since >= before.since));
        match (newer, body, before) {
            (Some(told), Some(document), _) => {
                let rests_until = (now + source.rest()).min(told.until).max(now + COOL_DOWN);
                self.keep(&key, Some(document.bytes()), (rests_until, told.until + told::SKEW), now).await?;
                Ok(Ok(told))
            }
            (_, _, Some(told)) => {
                let body = kept.and_then(|copy| copy.body);
                self.keep(&key, body.as_deref(), (now + COOL_DOWN, told.until + told::SKEW), now).await?;
                Ok(Ok(told))
            }
            _ => {
                self.keep(&key, None, (now + COOL_DOWN, now + COOL_DOWN), now).await?;
                Ok(Err(fresh.err().unwrap_or(Doubt::Stale)))
            }
        }
    }

    async fn fetch(&self, source: &Source, link: Link<'_>, nonce: &[u8; 32]) -> Result<Document, Unreachable> {
        match source {
            Source::List(address) => self.outbound.get(Purpose::RevocationList, address).await,
            Source::Responder(address) => {
                let question = ocsp::question(link, nonce).ok_or(Unreachable)?;
                self.outbound.ask(Purpose::CertificateStatus, address, question).await
            }
        }
    }

    async fn keep(
        &self,
        key: &[u8; 32],
        body: Option<&[u8]>,
        (rests_until, expires_at): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let copy = Copy { body: body.map(<[u8]>::to_vec), rests_until };
        let tx = self.store.begin().await?;
        revocation_copies::keep(&tx, key, copy, expires_at, now).await?;
        tx.commit_housekeeping().await
    }
}

/// Who tells about a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    /// A responder.
    Responder(String),
    /// A list, at that distribution point.
    List(String),
}

impl Source {
    /// Those that a certificate names: responders first, for what they say is newer and shorter.
    fn of(certificate: &X509Certificate<'_>) -> Vec<Self> {
        let responders = fields::responders(certificate).into_iter().map(Self::Responder);
        responders.chain(fields::lists_at(certificate).into_iter().map(Self::List)).collect()
    }

    /// What its copy is found by. A list is the issuer's and serves all certificates of it; an answer is about one.
    fn key(&self, (subject, issuer): Link<'_>) -> [u8; 32] {
        let mut digest = Sha256::new();
        let (kind, address, about) = match self {
            Self::Responder(address) => (&b"ocsp"[..], address, subject.as_ref()),
            Self::List(address) => (&b"list"[..], address, &[][..]),
        };
        for part in [kind, address.as_bytes(), issuer.as_ref(), about] {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }

    fn judge(&self, body: &[u8], link: Link<'_>, nonce: Option<&[u8; 32]>, now: Timestamp) -> Result<Told, Doubt> {
        match self {
            Self::Responder(_) => ocsp::judge(body, link, nonce, now),
            Self::List(_) => crl::judge(body, link, now),
        }
    }

    const fn rest(&self) -> Duration {
        match self {
            Self::Responder(_) => ANSWER_REST,
            Self::List(_) => LIST_REST,
        }
    }

    /// As much of the address as the log needs.
    fn host(&self) -> &str {
        let (Self::Responder(address) | Self::List(address)) = self;
        address.split('/').nth(2).unwrap_or_default()
    }
}
