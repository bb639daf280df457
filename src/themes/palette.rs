//! The colours of a theme: what follows from the one or two that an operator gives.
//!
//! Everything else (paper, ink, error grounds) is the same everywhere and stands in `base.css`; a theme moves the
//! accent, what is written on it, and the brass of seals and ribbons.

use serde::Serialize;

use super::colour::Colour;

const SURFACE: Colour = Colour::rgb(0xFF, 0xFF, 0xFF);
const PAPER: Colour = Colour::rgb(0xF6, 0xF4, 0xEE);
const DARK_SURFACE: Colour = Colour::rgb(0x18, 0x21, 0x1F);

/// The colours a theme decides, in both schemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Palette {
    /// On light grounds.
    pub light: Inks,
    /// On dark grounds.
    pub dark: Inks,
}

/// The colours a theme decides, in one scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Inks {
    /// Links and buttons.
    pub accent: Colour,
    /// Links and buttons under the pointer.
    pub accent_hover: Colour,
    /// What is written on a button.
    pub on_accent: Colour,
    /// The ground of notes.
    pub note: Colour,
    /// Seals, steps, the second line of the ribbon.
    pub brass: Colour,
}

impl Palette {
    /// Our own colours, the tokens of `base.css`.
    pub const BASE: Self = Self {
        light: Inks {
            accent: Colour::rgb(0x0B, 0x57, 0x4F),
            accent_hover: Colour::rgb(0x08, 0x3F, 0x39),
            on_accent: Colour::rgb(0xFF, 0xFF, 0xFF),
            note: Colour::rgb(0xE5, 0xF0, 0xEE),
            brass: Colour::rgb(0x7D, 0x5E, 0x12),
        },
        dark: Inks {
            accent: Colour::rgb(0x72, 0xD2, 0xC3),
            accent_hover: Colour::rgb(0x97, 0xE3, 0xD7),
            on_accent: Colour::rgb(0x06, 0x21, 0x1D),
            note: Colour::rgb(0x16, 0x30, 0x2C),
            brass: Colour::rgb(0xD8, 0xB6, 0x5F),
        },
    };

    /// The colours that follow from an operator's.
    pub fn of(colour: Colour, second: Option<Colour>) -> Self {
        let light = colour.readable_on_light(&[SURFACE, PAPER]);
        let dark = colour.readable_on_dark(DARK_SURFACE);
        let brass = |inks: Inks, safe: fn(Colour) -> Colour| second.map_or(inks.brass, safe);
        Self {
            light: Inks {
                accent: light,
                accent_hover: light.at((light.lightness() - 0.1).max(0.0), 0.4),
                on_accent: SURFACE,
                note: note(light, 0.94, 0.015, 0.005),
                brass: brass(Self::BASE.light, |second| second.readable_on_light(&[SURFACE, PAPER])),
            },
            dark: Inks {
                accent: dark,
                accent_hover: dark.at((dark.lightness() + 0.06).min(1.0), 0.13),
                on_accent: dark.at(0.22, 0.04),
                note: note(dark, 0.29, 0.03, -0.005),
                brass: brass(Self::BASE.dark, |second| second.readable_on_dark(DARK_SURFACE)),
            },
        }
    }

    /// The tokens that lie over those of `base.css`.
    pub fn css(&self) -> String {
        format!(":root{{{}}}@media(prefers-color-scheme:dark){{:root{{{}}}}}", self.light.css(), self.dark.css())
    }
}

impl Inks {
    fn css(&self) -> String {
        let Self { accent, accent_hover, on_accent, note, brass } = self;
        format!("--accent:{accent};--accent-hover:{accent_hover};--on-accent:{on_accent};--note:{note};--brass:{brass}")
    }
}

/// A tinted ground on which links in the accent still read at 4.5.
fn note(accent: Colour, lightness: f64, chroma: f64, step: f64) -> Colour {
    let grounds = (0..60).map(|n| accent.at((lightness + step * f64::from(n)).clamp(0.0, 1.0), chroma));
    let mut grounds = grounds.skip_while(|ground| ground.contrast(accent) < 4.5);
    grounds.next().unwrap_or(if step > 0.0 { SURFACE } else { DARK_SURFACE })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_follows_from_a_colour_can_be_read() {
        for given in ["#FFD500", "#E4002B", "#009FE3", "#274690", "#000000", "#FFFFFF", "#7F7F7F", "#00FF00"] {
            let palette = Palette::of(given.to_owned().try_into().unwrap(), None);
            for (inks, surface) in [(palette.light, SURFACE), (palette.dark, DARK_SURFACE)] {
                for (one, two) in [
                    (inks.accent, surface),
                    (inks.accent_hover, surface),
                    (inks.on_accent, inks.accent),
                    (inks.on_accent, inks.accent_hover),
                    (inks.accent, inks.note),
                    (inks.brass, surface),
                ] {
                    assert!(one.contrast(two) >= 4.5, "{given}: {one} on {two} is {:.2}", one.contrast(two));
                }
            }
        }
    }
}
