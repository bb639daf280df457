//! Last-resort answers: what the outermost layers say when no page can be asked to say it.
//!
//! They stand before realms, themes and languages are known, so both languages are on one plain page; a caller that
//! does not ask for HTML gets JSON in the shape of RFC 6749 §5.2. Generic words and the reference, nothing else
//! (SR-199).

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::reference::Reference;

/// Why a request goes no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Ours failed.
    Failed,
    /// It took longer than a request may.
    TooSlow,
    /// Its body is larger than a body may be.
    TooLarge,
    /// Its method is never served.
    Method,
    /// Two readers could understand it differently, or a proxy's word on it cannot be read.
    Ambiguous,
    /// It came in the clear where only TLS is served.
    Plain,
    /// A form sent by another site.
    Foreign,
}

impl Refusal {
    const fn status(self) -> StatusCode {
        match self {
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Ambiguous => StatusCode::BAD_REQUEST,
            Self::Plain | Self::Foreign => StatusCode::FORBIDDEN,
        }
    }

    /// The RFC 6749 word.
    const fn error(self) -> &'static str {
        match self {
            Self::Failed => "server_error",
            Self::TooSlow => "temporarily_unavailable",
            _ => "invalid_request",
        }
    }

    const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Failed => [
                "Une erreur est survenue de notre côté. Réessayez dans quelques minutes.",
                "Something failed on our side. Try again in a few minutes.",
            ],
            Self::TooSlow => [
                "La réponse prend trop de temps. Réessayez dans quelques minutes.",
                "The answer is taking too long. Try again in a few minutes.",
            ],
            Self::TooLarge => [
                "Le contenu envoyé est trop volumineux. Raccourcissez-le, puis réessayez.",
                "What was sent is too large. Shorten it, then try again.",
            ],
            Self::Method => ["Cette adresse ne s’utilise pas ainsi.", "This address is not used in this way."],
            Self::Ambiguous => [
                "La demande est mal formée. Revenez à la page précédente, puis réessayez.",
                "The request is malformed. Go back to the previous page, then try again.",
            ],
            Self::Plain => [
                "Cette adresse ne s’ouvre qu’en https. Vérifiez l’adresse, puis réessayez.",
                "This address opens over https only. Check the address, then try again.",
            ],
            Self::Foreign => [
                "Ce formulaire vient d’un autre site. Revenez à la page de départ, puis réessayez.",
                "This form came from another site. Go back to the first page, then try again.",
            ],
        }
    }
}

/// Who asks: in what form they read an answer, and under what reference.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    html: bool,
    reference: Option<Reference>,
}

impl Asker {
    pub(super) fn of(request: &Request) -> Self {
        Self { html: wants_html(request.headers()), reference: request.extensions().get().cloned() }
    }

    pub(super) fn answer(&self, refusal: Refusal) -> Response {
        let reference = self.reference.as_ref().map(Reference::as_str).unwrap_or_default();
        let [french, english] = refusal.words();
        let mut response = if self.html {
            axum::response::Html(page(french, english, reference)).into_response()
        } else {
            let body = serde_json::json!({
                "error": refusal.error(), "error_description": english, "reference": reference,
            });
            axum::Json(body).into_response()
        };
        *response.status_mut() = refusal.status();
        if refusal == Refusal::TooSlow {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accepted.is_some_and(|accept| accept.contains("text/html"))
}

/// Only our own words and the reference, whose alphabet needs no escaping, come in here.
fn page(french: &str, english: &str, reference: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"fr\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Nous n’avons pas pu terminer / We could not finish this</title></head>\n<body><main>\n\
         <h1>Nous n’avons pas pu terminer<br><span lang=\"en\">We could not finish this</span></h1>\n\
         <p>{french} Référence\u{a0}: <strong translate=\"no\">{reference}</strong></p>\n\
         <p lang=\"en\">{english} Reference: <strong translate=\"no\">{reference}</strong></p>\n\
         </main></body>\n</html>\n"
    )
}
