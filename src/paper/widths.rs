//! How wide the letters of Helvetica are, in thousandths of their size: the font metrics that every reader of PDF has.

/// From the space on, by their code in WinAnsiEncoding; 0 where there is none.
#[rustfmt::skip]
const WIDTHS: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 0,
    556, 0, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 0, 611, 0,
    0, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 0, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

/// The width of encoded words. Lines in the strong face are wider by less than a tenth: they are given that tenth.
pub(super) fn width(bytes: &[u8], strong: bool) -> u32 {
    let plain: u32 = bytes
        .iter()
        .filter_map(|byte| WIDTHS.get(usize::from(byte.checked_sub(32)?)))
        .map(|width| u32::from(*width))
        .sum();
    if strong { plain * 11 / 10 } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_as_wide_as_the_metrics_say() {
        assert_eq!(width(b"Adieu", false), 667 + 556 + 222 + 556 + 556);
        assert_eq!(width(&[0xe9, 0x9c, 0x80], false), 556 + 944 + 556);
        assert_eq!(width(b"\n", false), 0);
    }
}
