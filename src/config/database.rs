//! The database address: which engine, and whether what leaves this machine is protected.

use url::Url;

use super::check::{Check, Checked, is_loopback};
use super::said;
use super::secrets;
use crate::code::Code;
use crate::secret::Secret;

const KEY: &str = "database.url";
const HINT: &str = "write \"sqlite:/var/lib/guichet/guichet.db\" or \"postgres://user@host/name\"";

pub(super) fn check(check: &mut Check<'_>, said: said::Database) -> Checked<Secret<String>> {
    let password = secrets::one(check, "database.password", said.password, said.password_file);
    let url = check.required(KEY, said.url, HINT)?;
    let password = password?;
    match url.expose().split_once(':') {
        Some(("sqlite", path)) => sqlite(check, path, password.is_some()),
        Some(("postgres" | "postgresql", _)) => postgres(check, url.expose(), password.as_ref()),
        _ => check.refuse(Code::E0614, KEY, "`database.url` names no database we know", HINT),
    }
}

fn sqlite(check: &mut Check<'_>, path: &str, password: bool) -> Checked<Secret<String>> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains(['?', ':']) {
        return check.refuse(Code::E0614, KEY, "`database.url` names no file", HINT);
    }
    if password {
        return check.refuse(Code::E0614, "database.password", "a SQLite file takes no password", "remove it");
    }
    Ok(Secret::new(format!("sqlite:{path}")))
}

fn postgres(check: &mut Check<'_>, text: &str, password: Option<&Secret<String>>) -> Checked<Secret<String>> {
    let Ok(mut url) = Url::parse(text) else {
        return check.refuse(Code::E0614, KEY, "`database.url` is not an address", HINT);
    };
    if let Some(password) = password {
        if url.password().is_some() {
            return check.refuse(
                Code::E0611,
                KEY,
                "the password stands in `database.url` and apart",
                "keep one of them",
            );
        }
        if url.set_password(Some(password.expose())).is_err() {
            return check.refuse(Code::E0614, KEY, "`database.url` has no host to send a password to", HINT);
        }
    }
    let mode = url.query_pairs().find(|(name, _)| name == "sslmode").map(|(_, mode)| mode.into_owned());
    // The postgres scheme is not one of the web's, so an address of digits is still a name here.
    let host = url.host_str().filter(|host| !host.is_empty()).map(url::Host::parse);
    let socket = host.is_none();
    let local = socket || host.and_then(Result::ok).is_some_and(|host| is_loopback(Some(host)));
    match mode.as_deref() {
        Some("verify-full" | "verify-ca") => {}
        Some(_) if !local => {
            let hint = "leave `sslmode` out, or write `verify-full` with `sslrootcert` for a private authority";
            return check.refuse(Code::E0615, KEY, "the way to the database would be open to others", hint);
        }
        None if !local => {
            url.query_pairs_mut().append_pair("sslmode", "verify-full");
        }
        _ => {}
    }
    Ok(Secret::new(url.into()))
}
