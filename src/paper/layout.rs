//! Blocks as lines that fit between the margins.

use super::widths::width;
use crate::identity::terms::charset;
use crate::identity::terms::text::{Block, Run};

/// Between the margins, in points.
const WIDTH: u32 = 467;
/// Of words that are no heading.
const BODY: u16 = 11;

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// From the line above to this one.
    pub(super) above: f32,
    /// How much room below it must have on the same page.
    pub(super) needs: u16,
    /// From the margin.
    pub(super) indent: u16,
    /// In points.
    pub(super) size: u16,
    /// Its words.
    pub(super) pieces: Vec<Piece>,
}

/// Words of one weight, encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// In the strong face.
    pub(super) strong: bool,
    /// What is shown.
    pub(super) bytes: Vec<u8>,
}

/// How the lines of a block stand.
#[derive(Clone, Copy)]
struct Style {
    size: u16,
    indent: u16,
    before: f32,
    needs: u16,
}

/// All lines of a text.
pub(super) fn lines(blocks: &[Block]) -> Vec<Line> {
    let mut lines = Vec::new();
    for block in blocks {
        match block {
            Block::Heading { level, runs } => {
                let size = [20, 15, 12].get(level.saturating_sub(1)).copied().unwrap_or(12);
                let strong: Vec<_> = runs.iter().map(|run| Run { strong: true, ..run.clone() }).collect();
                set(&mut lines, &strong, Style { size, indent: 0, before: 12.0, needs: 40 });
            }
            Block::Paragraph { runs } => set(&mut lines, runs, Style { size: BODY, indent: 0, before: 6.0, needs: 0 }),
            Block::List { first, items } => {
                for (number, item) in (first.unwrap_or(1)..).zip(items) {
                    let mark = if first.is_some() { format!("{number}. ") } else { "• ".to_owned() };
                    let mark = Run { words: mark, strong: false };
                    let runs: Vec<_> = [mark].into_iter().chain(item.iter().cloned()).collect();
                    set(&mut lines, &runs, Style { size: BODY, indent: 14, before: 3.0, needs: 0 });
                }
            }
        }
    }
    lines
}

/// Breaks words into lines.
fn set(lines: &mut Vec<Line>, runs: &[Run], style: Style) {
    let room = (WIDTH - u32::from(style.indent)) * 1000 / u32::from(style.size);
    let (mut line, mut taken, mut before): (Vec<Piece>, u32, f32) = (Vec::new(), 0, style.before);
    let mut end = |pieces: &mut Vec<Piece>| {
        let above = f32::from(style.size) * 1.4 + std::mem::replace(&mut before, 0.0);
        let Style { size, indent, needs, .. } = style;
        lines.push(Line { above, needs, indent, size, pieces: std::mem::take(pieces) });
    };
    for word in words(runs) {
        let wide: u32 = word.iter().map(|piece| width(&piece.bytes, piece.strong)).sum();
        let gap = width(b" ", false);
        if !line.is_empty() && taken + gap + wide > room {
            end(&mut line);
            taken = 0;
        }
        if !line.is_empty() {
            add(&mut line, Piece { strong: false, bytes: b" ".to_vec() });
            taken += gap;
        }
        for piece in word {
            add(&mut line, piece);
        }
        taken += wide;
    }
    if !line.is_empty() {
        end(&mut line);
    }
}

/// Words, each of one piece or, where the weight changes inside, of several.
fn words(runs: &[Run]) -> Vec<Vec<Piece>> {
    let (mut words, mut open): (Vec<Vec<Piece>>, Vec<Piece>) = (Vec::new(), Vec::new());
    for run in runs {
        for (at, part) in run.words.split(' ').enumerate() {
            if at > 0 && !open.is_empty() {
                words.push(std::mem::take(&mut open));
            }
            let bytes: Vec<u8> = part.chars().filter_map(charset::code).collect();
            if !bytes.is_empty() {
                add(&mut open, Piece { strong: run.strong, bytes });
            }
        }
    }
    words.extend((!open.is_empty()).then_some(open));
    words
}

/// Joins a piece to the last one of the same weight.
fn add(pieces: &mut Vec<Piece>, piece: Piece) {
    match pieces.last_mut().filter(|last| last.strong == piece.strong) {
        Some(last) => last.bytes.extend(piece.bytes),
        None => pieces.push(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::terms::text;

    fn said(line: &Line) -> String {
        line.pieces.iter().flat_map(|piece| &piece.bytes).map(|byte| char::from(*byte)).collect()
    }

    #[test]
    fn lines_hold_every_word_in_order_and_none_is_too_wide() {
        let words =
            "Les conditions **générales** s’appliquent à **tous** les services, sans exception aucune, partout. ";
        let text = words.repeat(12);
        let lines = lines(&text::parse(&text));
        assert!(lines.len() > 10);
        let joined = lines.iter().map(said).collect::<Vec<_>>().join(" ");
        let expected: String = text.trim().replace("**", "").replace('’', "\u{92}");
        assert_eq!(joined, expected);
        for line in &lines {
            let wide: u32 = line.pieces.iter().map(|piece| width(&piece.bytes, piece.strong)).sum();
            assert!(wide * u32::from(BODY) / 1000 <= WIDTH, "{}", said(line));
        }
    }

    #[test]
    fn a_word_that_changes_weight_stays_one_word() {
        let lines = lines(&text::parse("in**div**isible\n\n- un"));
        assert_eq!((said(&lines[0]).as_str(), lines[0].pieces.len()), ("indivisible", 3));
        assert_eq!(said(&lines[1]), "\u{95} un");
    }
}
