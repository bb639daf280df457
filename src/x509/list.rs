//! A list of revoked certificates that an operator brings, in PEM (RFC 7468 §6). What it says is judged elsewhere.

use std::sync::Arc;

use rustls::pki_types::CertificateRevocationListDer;
use rustls::pki_types::pem::PemObject as _;
use webpki::BorrowedCertRevocationList;

/// The longest list that is read, whoever brings it.
pub const LONGEST: usize = 8 * 1024 * 1024;

/// One list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList(Arc<[u8]>);

/// A text that is not one list or several in PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not revocation lists in PEM")]
pub struct NotLists;

impl RevocationList {
    /// Reads a file of lists in PEM.
    pub fn read(pem: &str) -> Result<Vec<Self>, NotLists> {
        let listed = CertificateRevocationListDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
        let listed = listed.map_err(|_| NotLists)?;
        let every = !listed.is_empty() && pem.matches("-----BEGIN ").count() == listed.len();
        let sound = listed.iter().all(|der| der.len() <= LONGEST && BorrowedCertRevocationList::from_der(der).is_ok());
        if !every || !sound {
            return Err(NotLists);
        }
        Ok(listed.iter().map(|der| Self(der.as_ref().into())).collect())
    }

    /// The list in DER.
    pub fn der(&self) -> &[u8] {
        &self.0
    }
}
