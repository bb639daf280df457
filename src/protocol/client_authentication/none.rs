//! `none`: a public client, which has no proof of its own (RFC 6749 §2.1). PKCE and its addresses guard what it gets.

use crate::protocol::client::ClientAuthenticationMethod;

/// What a name alone proves.
pub(super) const METHOD: ClientAuthenticationMethod = ClientAuthenticationMethod::None;
