//! The text of terms of use, taken apart into headings, paragraphs and lists: the little Markdown that a contract needs.
//!
//! What is not one of these is shown as it stands, to the letter: nothing that somebody accepts may be hidden by a
//! notation.

use serde::Serialize;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// `# …`, `## …`, `### …`
    Heading {
        /// 1 to 3, and never more than one below the heading before it.
        level: usize,
        /// What it says.
        runs: Vec<Run>,
    },
    /// Lines up to an empty one.
    Paragraph {
        /// What it says.
        runs: Vec<Run>,
    },
    /// `- …`, or `1. …`
    List {
        /// The number that it begins with, if it is numbered.
        first: Option<u32>,
        /// What each entry says.
        items: Vec<Vec<Run>>,
    },
}

/// Words of one weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The words.
    pub words: String,
    /// `**…**`
    pub strong: bool,
}

/// Takes a text apart.
pub fn parse(text: &str) -> Vec<Block> {
    let mut reading = Reading::default();
    for line in text.trim_start_matches('\u{feff}').lines() {
        reading.line(line.trim());
    }
    reading.end();
    reading.blocks
}

/// What is being read.
#[derive(Default)]
struct Reading {
    blocks: Vec<Block>,
    /// The lines of the paragraph or list entry that is open.
    open: Vec<String>,
    /// The list that is open.
    list: Option<(Option<u32>, Vec<String>)>,
    level: usize,
}

impl Reading {
    fn line(&mut self, line: &str) {
        if line.is_empty() {
            self.end();
        } else if let Some((level, words)) = heading(line) {
            self.end();
            self.level = level.min(self.level + 1);
            self.blocks.push(Block::Heading { level: self.level, runs: runs(words) });
        } else if let Some((number, words)) = entry(line) {
            self.entry(number, words);
        } else if let Some(last) = self.list.as_mut().and_then(|(_, items)| items.last_mut()) {
            last.push(' ');
            last.push_str(line);
        } else {
            self.open.push(line.to_owned());
        }
    }

    fn entry(&mut self, number: Option<u32>, words: &str) {
        let goes_on = self.list.as_ref().is_some_and(|(first, _)| first.is_some() == number.is_some());
        if !goes_on {
            self.end();
            self.list = Some((number, Vec::new()));
        }
        if let Some((_, items)) = &mut self.list {
            items.push(words.to_owned());
        }
    }

    fn end(&mut self) {
        if !self.open.is_empty() {
            let paragraph = std::mem::take(&mut self.open).join(" ");
            self.blocks.push(Block::Paragraph { runs: runs(&paragraph) });
        }
        if let Some((first, items)) = self.list.take() {
            self.blocks.push(Block::List { first, items: items.iter().map(|item| runs(item)).collect() });
        }
    }
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let words = line.get(level..)?.strip_prefix(' ')?;
    (1..=3).contains(&level).then(|| (level, words.trim()))
}

/// An entry of a list, with its number if it has one.
fn entry(line: &str) -> Option<(Option<u32>, &str)> {
    if let Some(words) = line.strip_prefix("- ") {
        return Some((None, words.trim()));
    }
    let (number, words) = line.split_once(". ")?;
    let digits = number.len() <= 3 && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| number.parse().ok()).flatten().map(|number| (Some(number), words.trim()))
}

/// Splits at `**`; a mark without its partner is words.
fn runs(words: &str) -> Vec<Run> {
    let pieces: Vec<&str> = words.split("**").collect();
    if pieces.len().is_multiple_of(2) {
        return vec![Run { words: words.to_owned(), strong: false }];
    }
    let weighed = pieces.into_iter().enumerate().map(|(at, words)| (words, !at.is_multiple_of(2)));
    weighed
        .filter(|(words, _)| !words.is_empty())
        .map(|(words, strong)| Run { words: words.to_owned(), strong })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(words: &str) -> Vec<Run> {
        vec![Run { words: words.to_owned(), strong: false }]
    }

    #[test]
    fn a_contract_is_headings_paragraphs_and_lists() {
        let text = "# Conditions\n\nPremière ligne\nqui continue.\n\n### Trop profond\n- un\n- deux\n  suite\n\n3. trois\n4. quatre\n";
        let blocks = parse(text);
        assert_eq!(
            blocks,
            [
                Block::Heading { level: 1, runs: plain("Conditions") },
                Block::Paragraph { runs: plain("Première ligne qui continue.") },
                Block::Heading { level: 2, runs: plain("Trop profond") },
                Block::List { first: None, items: vec![plain("un"), plain("deux suite")] },
                Block::List { first: Some(3), items: vec![plain("trois"), plain("quatre")] },
            ]
        );
    }

    #[test]
    fn what_is_no_notation_of_ours_stands_as_it_was_written() {
        for text in
            ["<b>gras</b>", "#sans espace", "#### quatre", "[lien](https://a.example)", "seul ** signe", "1.2 x"]
        {
            assert_eq!(parse(text), [Block::Paragraph { runs: plain(text) }], "{text}");
        }
        let strong = Run { words: "fort".to_owned(), strong: true };
        assert_eq!(parse("un **fort**"), [Block::Paragraph { runs: [plain("un "), vec![strong]].concat() }]);
    }
}
