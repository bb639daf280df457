//! A key and its certificate in one file, as browsers import them: PKCS #12 (RFC 7292), written and never read.
//!
//! The key is encrypted with AES-256 under the password, and everything is authenticated with SHA-256, as OpenSSL 3
//! writes such files. The certificate stands in clear, for it is no secret. Nothing older is offered: the ciphers of the
//! nineties are not in our cryptography, and programs that know only those cannot import these files.

use aws_lc_rs::cipher::{AES_256, AES_256_KEY_LEN, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{hmac, pbkdf2};
use sha2::{Digest as _, Sha256};
use yasna::models::ObjectIdentifier;
use yasna::{DERWriter, Tag, construct_der};

use crate::entropy::{self, Entropy};

/// How often the password is hashed. It is printed on a page: more rounds would protect nothing.
const ROUNDS: u32 = 2048;
/// What a MAC's key is made for, as RFC 7292 §B.3 numbers it.
const FOR_MAC: u8 = 3;
/// Bytes that SHA-256 takes at a time: what RFC 7292 §B.2 calls `v`, divided by eight.
const BLOCK: usize = 64;

const DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 1];
const SHROUDED_KEY_BAG: &[u64] = &[1, 2, 840, 113_549, 1, 12, 10, 1, 2];
const CERT_BAG: &[u64] = &[1, 2, 840, 113_549, 1, 12, 10, 1, 3];
const X509_CERTIFICATE: &[u64] = &[1, 2, 840, 113_549, 1, 9, 22, 1];
const FRIENDLY_NAME: &[u64] = &[1, 2, 840, 113_549, 1, 9, 20];
const LOCAL_KEY_ID: &[u64] = &[1, 2, 840, 113_549, 1, 9, 21];
const PBES2: &[u64] = &[1, 2, 840, 113_549, 1, 5, 13];
const PBKDF2: &[u64] = &[1, 2, 840, 113_549, 1, 5, 12];
const HMAC_WITH_SHA256: &[u64] = &[1, 2, 840, 113_549, 2, 9];
const AES256_CBC: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 1, 42];
const SHA256: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];

/// What goes into a file.
pub(super) struct Contents<'a> {
    /// What the certificate is called in a browser's list.
    pub(super) name: &'a str,
    /// The certificate, in DER.
    pub(super) certificate: &'a [u8],
    /// Its key, as PKCS #8 has it.
    pub(super) key: &'a [u8],
}

impl Contents<'_> {
    /// The file. The password is one of plain letters and digits: its two encodings differ for others.
    pub(super) fn file(&self, password: &str, entropy: &dyn Entropy) -> anyhow::Result<Vec<u8>> {
        let key = shrouded(self.key, password, entropy)?;
        let (id, name) = (Sha256::digest(self.certificate), self.name);
        let bags = construct_der(|out| {
            out.write_sequence(|out| {
                bag(out.next(), SHROUDED_KEY_BAG, (name, &id), &key);
                bag(out.next(), CERT_BAG, (name, &id), &certificate(self.certificate));
            });
        });
        let safe = construct_der(|out| out.write_sequence(|out| content(out.next(), &bags)));
        let salt = entropy::bytes::<16>(entropy);
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &mac_key(password, &salt)), &safe);
        Ok(construct_der(|out| {
            out.write_sequence(|out| {
                // RFC 7292 §4: the version is v3.
                out.next().write_u8(3);
                content(out.next(), &safe);
                out.next().write_sequence(|out| {
                    out.next().write_sequence(|out| {
                        algorithm(out.next(), SHA256, null);
                        out.next().write_bytes(mac.as_ref());
                    });
                    out.next().write_bytes(&salt);
                    out.next().write_u32(ROUNDS);
                });
            });
        }))
    }
}

/// `ContentInfo` of type `data`.
fn content(out: DERWriter<'_>, data: &[u8]) {
    out.write_sequence(|out| {
        oid(out.next(), DATA);
        out.next().write_tagged(Tag::context(0), |out| out.write_bytes(data));
    });
}

/// `SafeBag`, with what ties a key to its certificate.
fn bag(out: DERWriter<'_>, kind: &[u64], (name, id): (&str, &[u8]), value: &[u8]) {
    out.write_sequence(|out| {
        oid(out.next(), kind);
        out.next().write_tagged(Tag::context(0), |out| out.write_der(value));
        out.next().write_set_of(|out| {
            attribute(out.next(), FRIENDLY_NAME, |out| out.write_bmp_string(name));
            attribute(out.next(), LOCAL_KEY_ID, |out| out.write_bytes(id));
        });
    });
}

fn attribute(out: DERWriter<'_>, kind: &[u64], value: impl FnOnce(DERWriter<'_>)) {
    out.write_sequence(|out| {
        oid(out.next(), kind);
        out.next().write_set(|out| value(out.next()));
    });
}

/// `CertBag`.
fn certificate(der: &[u8]) -> Vec<u8> {
    construct_der(|out| {
        out.write_sequence(|out| {
            oid(out.next(), X509_CERTIFICATE);
            out.next().write_tagged(Tag::context(0), |out| out.write_bytes(der));
        });
    })
}

/// `EncryptedPrivateKeyInfo` (RFC 5958 §3) under PBES2 (RFC 8018 §6.2).
fn shrouded(key: &[u8], password: &str, entropy: &dyn Entropy) -> anyhow::Result<Vec<u8>> {
    let (salt, iv) = (entropy::bytes::<16>(entropy), entropy::bytes::<16>(entropy));
    let mut derived = [0; AES_256_KEY_LEN];
    let rounds = ROUNDS.try_into()?;
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, password.as_bytes(), &mut derived);
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, &derived)?)?;
    let mut encrypted = key.to_vec();
    cipher.less_safe_encrypt(&mut encrypted, EncryptionContext::Iv128(FixedLength::from(iv)))?;
    Ok(construct_der(|out| {
        out.write_sequence(|out| {
            algorithm(out.next(), PBES2, |out| {
                out.write_sequence(|out| {
                    algorithm(out.next(), PBKDF2, |out| {
                        out.write_sequence(|out| {
                            out.next().write_bytes(&salt);
                            out.next().write_u32(ROUNDS);
                            algorithm(out.next(), HMAC_WITH_SHA256, null);
                        });
                    });
                    algorithm(out.next(), AES256_CBC, |out| out.write_bytes(&iv));
                });
            });
            out.next().write_bytes(&encrypted);
        });
    }))
}

fn algorithm(out: DERWriter<'_>, kind: &[u64], parameters: impl FnOnce(DERWriter<'_>)) {
    out.write_sequence(|out| {
        oid(out.next(), kind);
        parameters(out.next());
    });
}

fn null(out: DERWriter<'_>) {
    out.write_null();
}

fn oid(out: DERWriter<'_>, numbers: &[u64]) {
    out.write_oid(&ObjectIdentifier::from_slice(numbers));
}

/// RFC 7292 §B.2, as far as a key takes that is no longer than one digest.
fn mac_key(password: &str, salt: &[u8]) -> [u8; 32] {
    // §B.1: as UTF-16, its end marked by two zeros.
    let password: Vec<u8> = password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
    let filled = |bytes: &[u8]| bytes.iter().copied().cycle().take(bytes.len().next_multiple_of(BLOCK)).collect();
    let (salt, password): (Vec<u8>, Vec<u8>) = (filled(salt), filled(&password));
    let first = Sha256::new().chain_update([FOR_MAC; BLOCK]).chain_update(salt).chain_update(password).finalize();
    (1..ROUNDS).fold(first.into(), |last: [u8; 32], _| Sha256::digest(last).into())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use rcgen::{CertificateParams, KeyPair};

    use super::*;
    use crate::entropy::SeededEntropy;

    /// The other reader is OpenSSL: it checks the MAC, decrypts the key and writes both in PEM.
    #[test]
    fn another_program_reads_the_key_and_its_certificate_and_wants_the_password() {
        let key = KeyPair::generate().unwrap();
        let made = CertificateParams::default().self_signed(&key).unwrap();
        let contents = Contents { name: "Marie Durand", certificate: made.der(), key: &key.serialize_der() };
        let file = contents.file("guichet", &SeededEntropy::new(7)).unwrap();
        let read = |password: &str| {
            let words = ["pkcs12", "-nodes", "-passin", &format!("pass:{password}")];
            let mut openssl = Command::new("openssl");
            let pipes = openssl.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = pipes.spawn().unwrap();
            child.stdin.take().unwrap().write_all(&file).unwrap();
            let told = child.wait_with_output().unwrap();
            (told.status.success(), String::from_utf8(told.stdout).unwrap().replace("\r\n", "\n"))
        };
        let (good, told) = read("guichet");
        let pem = |text: &str| text.replace("\r\n", "\n");
        assert!(good && told.contains(&pem(&made.pem())) && told.contains("friendlyName: Marie Durand"), "{told}");
        assert!(told.contains("-----BEGIN PRIVATE KEY-----"), "{told}");
        assert!(!read("another").0);
    }
}
