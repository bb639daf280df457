//! Forms in a real browser, filled in as people do it: by legends, labels and lines of a list, and by what is said of
//! mistakes.

use thirtyfour::prelude::*;

use super::chromium::{PATIENCE, POLL, Page, WORDS, literal};

impl Page {
    /// Presses the button that starts with these words, and waits until the page it stood on is gone: the one that comes may
    /// bear the same heading.
    pub(crate) async fn sends(&self, words: &str) {
        let before = self.one("/html").await;
        self.press(words).await;
        before.wait_until().wait(PATIENCE, POLL).stale().await.unwrap();
    }

    /// Chooses an answer to the question with that legend.
    pub(crate) async fn answers(&self, question: &str, answer: &str) {
        let (question, answer) = (literal(question), literal(answer));
        self.one(&format!("//fieldset[legend[{WORDS}={question}]]//label[{WORDS}={answer}]"))
            .await
            .click()
            .await
            .unwrap();
    }

    /// Picks the line that starts with these words from the list of that name.
    pub(crate) async fn picks(&self, name: &str, line: &str) {
        let (name, line) = (literal(name), literal(line));
        self.one(&format!("//select[@name={name}]/option[starts-with({WORDS}, {line})]")).await.click().await.unwrap();
    }

    /// The line that stands in the list of that name.
    pub(crate) async fn picked(&self, name: &str) -> String {
        let list = self.one(&format!("//select[@name={}]", literal(name))).await;
        let value = list.prop("value").await.unwrap().unwrap_or_default();
        let line = format!(
            "//select[@name={}]/option[@value={} or {WORDS}={}]",
            literal(name),
            literal(&value),
            literal(&value)
        );
        self.each(&line).await.join("")
    }

    /// Legends and labels of all that is asked, in the order of the page.
    pub(crate) async fn asked(&self) -> Vec<String> {
        self.each("//main//legend | //main//div[contains(@class, 'field')]/label").await
    }

    /// What may be answered to the question with that legend.
    pub(crate) async fn choices(&self, question: &str) -> Vec<String> {
        self.each(&format!("//fieldset[legend[{WORDS}={}]]//label", literal(question))).await
    }

    /// Waits for the summary of mistakes: its heading, then a line each.
    pub(crate) async fn refused(&self) -> Vec<String> {
        self.one("//main//*[@role='alert']").await;
        self.each("//main//*[@role='alert']/h2 | //main//*[@role='alert']//li").await
    }

    /// What is said at the field of that name.
    pub(crate) async fn said_at(&self, name: &str) -> String {
        self.text_of(&format!("{name}-error")).await
    }

    /// The step of an activation that the page is.
    pub(crate) async fn current_step(&self) -> String {
        self.one("//main//*[@aria-current='step']").await;
        self.each("//main//*[@aria-current='step']").await.join("")
    }

    /// Everything on the page that can be read.
    pub(crate) async fn reads(&self) -> String {
        self.each("//body").await.join("\n")
    }
}
