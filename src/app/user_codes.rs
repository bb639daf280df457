//! What the database keeps of a device's user code: eight letters can be tried out, so the hash is keyed (SR-43).

use aws_lc_rs::hmac;

use super::App;
use crate::ids::RealmName;
use crate::protocol::device::UserCode;

impl App {
    /// The keyed hash of a user code of that realm.
    pub(crate) fn keyed(&self, realm: &RealmName, code: &UserCode) -> Vec<u8> {
        hmac::sign(&self.codes, format!("device\n{realm}\n{}", code.as_str()).as_bytes()).as_ref().to_vec()
    }
}
