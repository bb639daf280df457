//! A text as a PDF, to be kept: A4, the two faces that every reader has, nothing that a machine could not lay out alone.
//!
//! The same text gives the same bytes, whenever it is asked for: no date, no random identifier. What the file is about
//! and its digest stand at the foot of each page.

mod layout;
mod widths;

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use self::layout::{Line, Piece};
use crate::identity::language::Language;
use crate::identity::terms::charset;
use crate::identity::terms::text::Block;

/// A4 in points.
const PAGE: (f32, f32) = (595.0, 842.0);
/// From the edge to the words.
const MARGIN: f32 = 64.0;
/// Where the last line may stand.
const BOTTOM: f32 = 84.0;

const PLAIN: Name<'static> = Name(b"Plain");
const STRONG: Name<'static> = Name(b"Strong");

/// What is to be printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paper<'a> {
    /// What it is called.
    pub(crate) title: &'a str,
    /// Its language.
    pub(crate) language: Language,
    /// What stands at the foot of each page, beside its number.
    pub(crate) foot: &'a str,
    /// What it says.
    pub(crate) blocks: &'a [Block],
}

/// The references of a file: four for the whole, then two for each page.
const CATALOG: i32 = 1;
const TREE: i32 = 2;
const FACES: [i32; 2] = [3, 4];
const ABOUT: i32 = 5;
const FIRST_PAGE: i32 = 6;

impl Paper<'_> {
    /// The file.
    pub(crate) fn pdf(&self) -> Vec<u8> {
        let pages = pages(layout::lines(self.blocks));
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        let mut pdf = Pdf::new();
        let mut catalog = pdf.catalog(Ref::new(CATALOG));
        catalog.pages(Ref::new(TREE)).lang(TextStr(self.language.tag()));
        catalog.viewer_preferences().display_doc_title(true);
        catalog.finish();
        pdf.document_info(Ref::new(ABOUT)).title(TextStr(self.title));
        pdf.pages(Ref::new(TREE)).kids((0..count).map(|at| Ref::new(FIRST_PAGE + 2 * at))).count(count);
        for (face, name) in FACES.into_iter().zip([b"Helvetica".as_slice(), b"Helvetica-Bold"]) {
            let mut font = pdf.type1_font(Ref::new(face));
            font.base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        for (at, lines) in (0..count).zip(&pages) {
            let (id, words) = (Ref::new(FIRST_PAGE + 2 * at), Ref::new(FIRST_PAGE + 2 * at + 1));
            let mut page = pdf.page(id);
            page.parent(Ref::new(TREE)).media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).contents(words);
            page.resources().fonts().pair(PLAIN, Ref::new(FACES[0])).pair(STRONG, Ref::new(FACES[1]));
            page.finish();
            let foot = format!("{} · {}/{count}", self.foot, at + 1);
            pdf.stream(words, &content(lines, &foot));
        }
        pdf.finish()
    }
}

/// Lines with the height at which each stands, page by page; a heading does not end a page.
fn pages(lines: Vec<Line>) -> Vec<Vec<(f32, Line)>> {
    let (mut pages, mut page, mut height) = (Vec::new(), Vec::new(), PAGE.1 - MARGIN);
    for line in lines {
        if height - line.above - f32::from(line.needs) < BOTTOM && !page.is_empty() {
            pages.push(std::mem::take(&mut page));
            height = PAGE.1 - MARGIN;
        }
        height -= line.above;
        page.push((height, line));
    }
    pages.push(page);
    pages
}

fn content(lines: &[(f32, Line)], foot: &str) -> Vec<u8> {
    let mut content = Content::new();
    content.begin_text();
    for (height, line) in lines {
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, MARGIN + f32::from(line.indent), *height]);
        for Piece { strong, bytes } in &line.pieces {
            let face = if *strong { STRONG } else { PLAIN };
            content.set_font(face, f32::from(line.size)).show(Str(bytes));
        }
    }
    let foot: Vec<u8> = foot.chars().filter_map(charset::code).collect();
    content.set_font(PLAIN, 7.0).set_text_matrix([1.0, 0.0, 0.0, 1.0, MARGIN, MARGIN - 16.0]).show(Str(&foot));
    content.end_text();
    content.finish().into_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::terms::text;

    fn printed(text: &str) -> Vec<u8> {
        Paper { title: "Été", language: Language::French, foot: "cgu 1", blocks: &text::parse(text) }.pdf()
    }

    fn count(file: &[u8], words: &[u8]) -> usize {
        file.windows(words.len()).filter(|window| *window == words).count()
    }

    #[test]
    fn the_same_text_gives_the_same_file() {
        let text = "# Conditions\n\nL’accès est **gratuit**.\n\n- un\n- deux\n";
        assert_eq!(printed(text), printed(text));
        let file = printed(text);
        assert!(file.starts_with(b"%PDF-1.") && file.ends_with(b"%%EOF"), "{}", String::from_utf8_lossy(&file));
        assert_eq!(count(&file, b"/Type /Page\n"), 1);
        assert_eq!(count(&file, b"(gratuit)"), 1, "in the strong face, by itself");
    }

    #[test]
    fn a_long_text_takes_more_pages_and_each_says_which_it_is() {
        let file = printed(&"Chaque ligne compte, et celle-ci plus que les autres.\n\n".repeat(120));
        let pages = count(&file, b"/Type /Page\n");
        assert!(pages > 2, "{pages}");
        // Words with letters beyond ASCII, as the foot has, are written in hexadecimal.
        let last: Vec<_> = format!("{pages}/{pages}").bytes().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(count(&file, format!("{}>", last.concat()).as_bytes()), 1);
    }
}
