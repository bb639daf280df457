//! The engraved ribbon: crossing waves as on banknotes and deeds, one inline SVG pattern under 1.5 KB.
//!
//! The wave counts come from the realm's name, so every realm has its own ribbon and keeps it, on pages as in print. It
//! is decoration (`aria-hidden`), never a proof of where a page comes from.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// One tile of the pattern, in pixels.
const TILE: f64 = 168.0;
const HEIGHT: f64 = 28.0;

/// A bundle of parallel waves: how many periods a tile holds, how high they swing, how their height breathes.
struct Bundle {
    class: &'static str,
    periods: u32,
    swing: f64,
    breath: f64,
    breaths: u32,
    threads: u32,
}

/// The ribbon of the realm with that name.
pub fn ribbon(realm: &str) -> String {
    let mut seed = Sha256::digest(realm).into_iter();
    let mut draw = |from: u32, count: u32| from + u32::from(seed.next().unwrap_or_default()) % count;
    let wide = draw(2, 2);
    let bundles = [
        Bundle { class: "a", periods: draw(5, 4), swing: 8.0, breath: 4.0, breaths: wide, threads: 8 },
        Bundle { class: "b", periods: draw(2, 3), swing: 10.5, breath: 1.5, breaths: wide + 1, threads: 7 },
    ];
    let mut svg = format!(
        "<svg class=\"ribbon\" width=\"100%\" height=\"{HEIGHT}\" aria-hidden=\"true\" focusable=\"false\"><defs>\
         <pattern id=\"guilloche\" width=\"{TILE}\" height=\"{HEIGHT}\" patternUnits=\"userSpaceOnUse\">"
    );
    for (number, bundle) in bundles.iter().enumerate() {
        bundle.draw(number, &mut svg);
    }
    svg.push_str("</pattern></defs><rect width=\"100%\" height=\"100%\" fill=\"url(#guilloche)\"/></svg>");
    svg
}

impl Bundle {
    /// One wave, and copies of it that lie a little further each: their crossings are the engraving.
    fn draw(&self, number: usize, svg: &mut String) {
        let Self { class, threads, .. } = self;
        let _ = write!(svg, "<g class=\"{class}\"><path id=\"wave{number}\" d=\"{}\"/>", self.wave());
        let pitch = TILE / f64::from(self.periods) / f64::from(*threads);
        for thread in 1..*threads {
            let x = (pitch * f64::from(thread) * 10.0).round() / 10.0;
            let _ = write!(svg, "<use href=\"#wave{number}\" x=\"{x}\"/>");
        }
        svg.push_str("</g>");
    }

    /// From crest to trough to crest; it begins one period before the tile, so that its copies fill the tile too.
    fn wave(&self) -> String {
        let half = TILE / f64::from(self.periods) / 2.0;
        let top = |n: i32| {
            let place = f64::from(n) * half / TILE * std::f64::consts::TAU * f64::from(self.breaths);
            let swing = self.swing + self.breath * place.cos();
            HEIGHT / 2.0 + if n.rem_euclid(2) == 0 { -swing } else { swing }
        };
        let tenth = |value: f64| (value * 10.0).round() / 10.0;
        let mut path = format!("M{} {}", tenth(-2.0 * half), tenth(top(-2)));
        // The reflected control point of `S` is level with each crest, which makes the curve a sine to the eye.
        for n in -1..=i32::try_from(self.periods * 2).unwrap_or(0) {
            let end = f64::from(n) * half;
            let y = tenth(top(n));
            let separator = if n == -1 { "S" } else { " " };
            let _ = write!(path, "{separator}{} {y} {} {y}", tenth(end - 0.364 * half), tenth(end));
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ribbon_is_small_and_stays_the_same() {
        for realm in ["certinomis", "certigna", "chambersign", "a-realm-with-a-rather-long-name"] {
            let ribbon = ribbon(realm);
            assert!(ribbon.len() <= 1536, "{realm}: {} bytes", ribbon.len());
            assert_eq!(ribbon, super::ribbon(realm));
            assert!(!ribbon.contains("style="), "the content security policy forbids it");
        }
        assert_ne!(ribbon("certinomis"), ribbon("certigna"));
    }
}
