//! Colours that can be read: sRGB, its contrast ratio (WCAG 2.2, "relative luminance"), and the correction that makes
//! any brand colour safe on our grounds.
//!
//! The correction moves a colour in OKLCH: hue stays, lightness moves in steps of 0.01 until the ratio is reached,
//! chroma gives way in steps of 0.004 where the screen cannot show it. On dark grounds chroma is held under 0.13, since
//! saturated light on black swims before the eye.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A colour of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour([u8; 3]);

/// A text that is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written #RRGGBB")]
pub struct NotAColour;

impl Colour {
    /// The colour with these channels.
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// How well this colour stands out from another, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(two) / one.min(two)
    }

    /// This colour, darkened until it reads at 4.5 on every one of `grounds`.
    pub fn readable_on_light(self, grounds: &[Self]) -> Self {
        let oklch = self.oklch();
        oklch.steps(-1.0).find(|colour| grounds.iter().all(|ground| colour.contrast(*ground) >= 4.5)).unwrap_or(BLACK)
    }

    /// This colour, calmed and lightened until it reads at 7 on `ground`.
    pub fn readable_on_dark(self, ground: Self) -> Self {
        let Oklch { lightness, chroma, hue } = self.oklch();
        let calm = Oklch { lightness: lightness.max(0.7), chroma: chroma.min(0.13), hue };
        calm.steps(1.0).find(|colour| colour.contrast(ground) >= 7.0).unwrap_or(WHITE)
    }

    /// The same hue at another lightness and with no more than that chroma.
    pub fn at(self, lightness: f64, most_chroma: f64) -> Self {
        let Oklch { chroma, hue, .. } = self.oklch();
        Oklch { lightness, chroma: chroma.min(most_chroma), hue }.shown()
    }

    /// OKLCH lightness, from 0 to 1.
    pub fn lightness(self) -> f64 {
        self.oklch().lightness
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn oklch(self) -> Oklch {
        let [red, green, blue] = self.0.map(linear);
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let medium = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        let lightness = 0.210_454_255_3 * long + 0.793_617_785 * medium - 0.004_072_046_8 * short;
        let a = 1.977_998_495_1 * long - 2.428_592_205 * medium + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766 * short;
        Oklch { lightness, chroma: a.hypot(b), hue: b.atan2(a) }
    }
}

const BLACK: Colour = Colour::rgb(0, 0, 0);
const WHITE: Colour = Colour::rgb(255, 255, 255);

#[derive(Clone, Copy)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    hue: f64,
}

impl Oklch {
    /// This colour, then ever darker (`-1.0`) or lighter (`1.0`) ones.
    fn steps(self, direction: f64) -> impl Iterator<Item = Colour> {
        let lightness = (0..=100).map(move |step| self.lightness + direction * 0.01 * f64::from(step));
        lightness
            .take_while(|lightness| (0.0..=1.0).contains(lightness))
            .map(move |lightness| Self { lightness, ..self }.shown())
    }

    /// The nearest colour of the screen with this lightness and hue.
    fn shown(mut self) -> Colour {
        loop {
            let channels = self.linear_rgb();
            if self.chroma <= 0.0 || channels.iter().all(|channel| (-1e-4..=1.0 + 1e-4).contains(channel)) {
                return Colour(channels.map(byte));
            }
            self.chroma = (self.chroma - 0.004).max(0.0);
        }
    }

    fn linear_rgb(self) -> [f64; 3] {
        let (sin, cos) = self.hue.sin_cos();
        let (a, b) = (self.chroma * cos, self.chroma * sin);
        let long = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let medium = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
        ]
    }
}

fn linear(byte: u8) -> f64 {
    let channel = f64::from(byte) / 255.0;
    if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

fn byte(linear: f64) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let channel = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255 above")]
    let byte = (channel * 255.0).round() as u8;
    byte
}

impl TryFrom<String> for Colour {
    type Error = NotAColour;
    fn try_from(text: String) -> Result<Self, NotAColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(NotAColour)?;
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| NotAColour)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02X}{green:02X}{blue:02X}")
    }
}

impl fmt::Debug for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.to_owned().try_into().unwrap()
    }

    /// UX.md §2.3 and §2.2; one unit per channel is a rounding.
    #[test]
    fn brand_colours_are_made_safe() {
        let light = [colour("#FFFFFF"), colour("#F6F4EE")];
        let dark = colour("#18211F");
        for (given, on_light, on_dark) in [
            ("#FFD500", "#846E08", "#F4D76D"),
            ("#E4002B", "#DF002A", "#F98E88"),
            ("#009FE3", "#0C76A8", "#49B3EF"),
            ("#0B574F", "#0B574F", "#74B6AC"),
        ] {
            let (safe_on_light, safe_on_dark) =
                (colour(given).readable_on_light(&light), colour(given).readable_on_dark(dark));
            for (is, ought) in [(safe_on_light, colour(on_light)), (safe_on_dark, colour(on_dark))] {
                let near = is.0.iter().zip(ought.0).all(|(is, ought)| is.abs_diff(ought) <= 1);
                assert!(near, "{given} became {is} and not {ought}");
            }
        }
    }

    #[test]
    fn every_colour_becomes_readable() {
        let grounds = [colour("#FFFFFF"), colour("#F6F4EE")];
        for step in 0..=4095_u32 {
            let [_, _, high, low] = step.to_be_bytes();
            let given = Colour::rgb(high * 17, (low >> 4) * 17, (low & 15) * 17);
            let (light, dark) = (given.readable_on_light(&grounds), given.readable_on_dark(colour("#18211F")));
            assert!(grounds.iter().all(|ground| light.contrast(*ground) >= 4.5), "{given} became {light}");
            assert!(dark.contrast(colour("#18211F")) >= 7.0, "{given} became {dark}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((colour("#000000").contrast(colour("#FFFFFF")) - 21.0).abs() < 1e-9);
        assert!((colour("#777777").contrast(colour("#FFFFFF")) - 4.478).abs() < 1e-3);
    }

    #[test]
    fn only_six_digits_make_a_colour() {
        for text in ["", "red", "#FFF", "FFD500", "#FFD50", "#GGGGGG", "#FFD5001", "#é000"] {
            assert_eq!(Colour::try_from(text.to_owned()), Err(NotAColour), "{text}");
        }
        assert_eq!(colour("#ffd500").to_string(), "#FFD500");
    }
}
