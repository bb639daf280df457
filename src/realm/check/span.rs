//! How long things may last: the defaults and bounds of the security requirements, in one table.

use super::Judge;
use crate::clock::Duration;
use crate::code::Code;
use crate::realm::document::written::{Span, Written, spelled};
use crate::realm::document::{LinksDocument, SessionsDocument, TokensDocument};
use crate::realm::model::{LinkPolicy, SessionPolicy, TokenPolicy};

const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

const fn minutes(number: u64) -> Duration {
    seconds(60 * number)
}

const fn hours(number: u64) -> Duration {
    minutes(60 * number)
}

const fn days(number: u64) -> Duration {
    hours(24 * number)
}

/// One length of time while it is judged.
struct Lasting<'a> {
    key: &'static str,
    written: Option<&'a Written<Span>>,
    span: Duration,
    sound: bool,
}

impl Judge<'_> {
    /// SR-101.
    pub(super) fn sessions(&mut self, document: Option<&SessionsDocument>) -> SessionPolicy {
        let said = |pick: fn(&SessionsDocument) -> &Option<Written<Span>>| document.and_then(|d| pick(d).as_ref());
        let idle = self.lasting("sessions.idle", said(|d| &d.idle), minutes(30), minutes(1), hours(24));
        let absolute = self.lasting("sessions.absolute", said(|d| &d.absolute), hours(12), minutes(5), hours(24));
        let remembered = self.lasting("sessions.remembered", said(|d| &d.remembered), days(30), hours(1), days(90));
        self.within(&idle, &absolute);
        self.within(&absolute, &remembered);
        SessionPolicy { idle: idle.span, absolute: absolute.span, remembered: remembered.span }
    }

    /// SR-46.
    pub(super) fn links(&mut self, document: Option<&LinksDocument>) -> LinkPolicy {
        let said = |pick: fn(&LinksDocument) -> &Option<Written<Span>>| document.and_then(|d| pick(d).as_ref());
        let verify = self.lasting("links.verify_email", said(|d| &d.verify_email), hours(24), minutes(5), hours(24));
        let code = said(|d| &d.verify_email_code);
        let code = self.lasting("links.verify_email_code", code, minutes(30), minutes(5), hours(1));
        let reset =
            self.lasting("links.reset_password", said(|d| &d.reset_password), minutes(30), minutes(5), hours(24));
        self.within(&code, &verify);
        LinkPolicy { verify_email: verify.span, verify_email_code: code.span, reset_password: reset.span }
    }

    /// Deviation D-6: 72 hours at most.
    pub(super) fn temporary_password(&mut self, written: Option<&Written<Span>>) -> Duration {
        let lasts = self.lasting("issued_credentials.temporary_password", written, hours(72), hours(1), hours(72));
        lasts.span
    }

    /// SR-133, SR-137, SR-140, SR-142, SR-145.
    pub(super) fn tokens(&mut self, document: Option<&TokensDocument>) -> TokenPolicy {
        let said = |pick: fn(&TokensDocument) -> &Option<Written<Span>>| document.and_then(|d| pick(d).as_ref());
        let code = self.lasting("tokens.code", said(|d| &d.code), seconds(60), seconds(10), minutes(10));
        let pushed = said(|d| &d.pushed_request);
        let pushed = self.lasting("tokens.pushed_request", pushed, seconds(90), seconds(5), minutes(10));
        let id_token = self.lasting("tokens.id_token", said(|d| &d.id_token), minutes(5), minutes(1), hours(1));
        let access = self.lasting("tokens.access_token", said(|d| &d.access_token), minutes(5), minutes(1), hours(1));
        let idle = self.lasting("tokens.refresh_idle", said(|d| &d.refresh_idle), hours(24), minutes(5), days(90));
        let absolute = said(|d| &d.refresh_absolute);
        let absolute = self.lasting("tokens.refresh_absolute", absolute, days(30), minutes(5), days(365));
        let grace =
            self.lasting("tokens.refresh_grace", said(|d| &d.refresh_grace), seconds(0), seconds(0), seconds(10));
        self.within(&idle, &absolute);
        TokenPolicy {
            code: code.span,
            pushed_request: pushed.span,
            id_token: id_token.span,
            access_token: access.span,
            refresh_idle: idle.span,
            refresh_absolute: absolute.span,
            refresh_grace: grace.span,
        }
    }

    fn lasting<'w>(
        &mut self,
        key: &'static str,
        written: Option<&'w Written<Span>>,
        default: Duration,
        least: Duration,
        most: Duration,
    ) -> Lasting<'w> {
        let span = written.map_or(Some(default), |written| self.span(key, written, least, most));
        Lasting { key, written, span: span.unwrap_or(default), sound: span.is_some() }
    }

    pub(super) fn span(
        &mut self,
        key: &str,
        written: &Written<Span>,
        least: Duration,
        most: Duration,
    ) -> Option<Duration> {
        let bounds = format!("from {} to {}", spelled(least), spelled(most));
        let Some(span) = written.get().read() else {
            self.refuse(Code::E0110, written, format!("`{key}` is not a length of time")).hint =
                Some(format!("write {bounds}"));
            return None;
        };
        let fits = (least..=most).contains(&span);
        if !fits {
            self.refuse(Code::E0111, written, format!("`{key}` is out of bounds")).hint = Some(bounds);
        }
        fits.then_some(span)
    }

    /// The part cannot outlast the whole; told where one of them was written.
    fn within(&mut self, part: &Lasting<'_>, whole: &Lasting<'_>) {
        if part.sound
            && whole.sound
            && part.span > whole.span
            && let Some(written) = part.written.or(whole.written)
        {
            let message = format!("`{}` is longer than `{}`", part.key, whole.key);
            let hint = format!("{} against {}", spelled(part.span), spelled(whole.span));
            self.refuse(Code::E0112, written, message).hint = Some(hint);
        }
    }
}
