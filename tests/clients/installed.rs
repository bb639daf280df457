//! What a machine has of other people's software, or why a story is left out.

use std::path::PathBuf;
use std::process::Command;

use crate::support::chromium::leave_out;

/// The folder in which `npm ci` was run for `tests/clients/package.json`.
pub(super) fn packages() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("GUICHET_CLIENTS") else {
        leave_out("stories of npm clients", "GUICHET_CLIENTS names no folder of packages; tests/run fills one");
        return None;
    };
    Some(PathBuf::from(folder).join("node_modules"))
}

/// The folder of Apache's modules, that of OpenID Connect among them.
pub(super) fn apache_modules() -> Option<PathBuf> {
    let folder = PathBuf::from("/usr/lib/apache2/modules");
    let complete = Command::new("apache2").arg("-v").output().is_ok() && folder.join("mod_auth_openidc.so").is_file();
    if !complete {
        leave_out("stories of mod_auth_openidc", "libapache2-mod-auth-openidc is not installed; tests/run installs it");
    }
    complete.then_some(folder)
}

#[test]
fn the_lock_file_leaves_to_the_machine_where_packages_come_from() {
    let lock = include_str!("package-lock.json");
    assert!(lock.contains("\"integrity\""));
    assert!(!lock.contains("\"resolved\""), "npm install --omit-lockfile-registry-resolved");
}
