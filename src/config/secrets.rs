//! Secrets among the settings: by value or by file, never both, and never repeated in a finding (SR-159, SR-160).

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};

use super::check::{Check, Checked};
use crate::secret::Secret;

/// A secret that may be absent.
pub(super) fn one(
    check: &mut Check<'_>,
    key: &str,
    value: Option<Secret<String>>,
    file: Option<PathBuf>,
) -> Checked<Option<Secret<String>>> {
    let file_key = format!("{key}_file");
    match (value, file) {
        (value, None) => Ok(value),
        (Some(_), Some(_)) => {
            check.refuse("E0611", key, &format!("`{key}` and `{file_key}` are both set"), "keep one of them")
        }
        (None, Some(path)) => match fs::read_to_string(&path) {
            // Editors and `echo` end a file with a newline that is no part of the secret.
            Ok(text) if !text.trim().is_empty() => Ok(Some(Secret::new(text.trim().to_owned()))),
            Ok(_) => check.refuse("E0612", &file_key, "the secret's file is empty", "write the secret into it"),
            Err(error) => {
                let what = format!("`{}` cannot be read: {}", path.display(), error.kind());
                check.refuse("E0612", &file_key, &what, "check the path and who may read it")
            }
        },
    }
}

/// The master key: 256 bits in base64, from the environment or a file of its own.
pub(super) fn master_key(
    check: &mut Check<'_>,
    value: Option<Secret<String>>,
    file: Option<PathBuf>,
) -> Checked<Secret<String>> {
    const HINT: &str = "make one with `openssl rand -base64 32`, and name its file in GUICHET__MASTER_KEY_FILE";
    if value.is_some() && check.written.in_file("master_key") {
        return check.refuse("E0613", "master_key", "the master key stands in the settings file", HINT);
    }
    let key = one(check, "master_key", value, file)?;
    let key = check.required("master_key", key, HINT)?;
    if is_random(key.expose()) {
        Ok(key)
    } else {
        check.refuse("E0613", "master_key", "the master key is not 32 random bytes in base64", HINT)
    }
}

/// Whether `text` holds 256 bits that can have come from a generator: not `AAAA…`, not a sentence.
fn is_random(text: &str) -> bool {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decode = |alphabet| GeneralPurpose::new(alphabet, lenient).decode(text);
    let Ok(mut bytes) = decode(&alphabet::STANDARD).or_else(|_| decode(&alphabet::URL_SAFE)) else { return false };
    let length = bytes.len();
    bytes.sort_unstable();
    bytes.dedup();
    // Of 32 random bytes, fewer than 16 different ones turn up less than once in 10^17 keys.
    length == 32 && bytes.len() >= 16
}
