//! axe-core over pages: zero violations, in both colour schemes and at three widths.
//!
//! The script comes from the npm registry and is named by `GUICHET_AXE` (`tests/run` fetches it); nothing of it is
//! committed. It is put into the page by DevTools, past the page's own policy, which stays in force for the page.

use std::fs;

use super::chromium::{Page, Settings, leave_out};

/// The widths at which a page must stand: a small phone, a common one, a desktop (WCAG 1.4.10).
const WIDTHS: [u32; 3] = [320, 360, 1100];

/// What a page with everything it loads may weigh, and in how many requests.
const BUDGET: (u64, usize) = (30 * 1024, 3);

/// axe-core's text, when this machine has it.
fn script() -> Option<String> {
    let Some(path) = std::env::var_os("GUICHET_AXE") else {
        leave_out("axe", "GUICHET_AXE does not name axe.min.js; tests/run fetches it");
        return None;
    };
    Some(fs::read_to_string(path).unwrap())
}

/// What axe finds on the page as it stands, a line each.
async fn violations(page: &Page, script: &str) -> Vec<String> {
    // The script's own last value is no value that could be handed over.
    page.evaluate(&format!("{script}\n;true")).await;
    let tags = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22a','wcag22aa','best-practice']";
    let found = page
        .evaluate(&format!(
            "axe.run(document, {{ runOnly: {tags}, resultTypes: ['violations'] }}).then(found => found.violations.flatMap(
                rule => rule.nodes.map(node => rule.id + ': ' + rule.help + ' at ' + node.target.join(' '))))"
        ))
        .await;
    found.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

/// Walks all addresses in both schemes and all widths; each must be clean, within budget, and scroll one way only.
///
/// `name` gives the pictures their names.
pub(crate) async fn axe_samples(urls: &[(String, String)]) {
    let Some(script) = script() else { return };
    let Some(page) = Page::open(Settings::default()).await else { return };
    let mut findings = Vec::new();
    for (name, url) in urls {
        for (dark, width) in [false, true].into_iter().flat_map(|dark| WIDTHS.map(|width| (dark, width))) {
            page.prefer(dark).await;
            page.resize(width).await;
            page.goto(url).await;
            let state = format!("{name}-{}-{width}", if dark { "dark" } else { "light" });
            page.screenshot(&state).await;
            findings.extend(violations(&page, &script).await.into_iter().map(|found| format!("{state}: {found}")));
            let sideways = page.evaluate("document.documentElement.scrollWidth - window.innerWidth").await;
            if sideways.as_i64().is_none_or(|pixels| pixels > 0) {
                findings.push(format!("{state}: scrolls sideways by {sideways} px"));
            }
        }
        let (bytes, requests) = page.weight().await;
        if bytes >= BUDGET.0 || requests > BUDGET.1 {
            findings.push(format!("{name}: {bytes} bytes in {requests} requests"));
        }
    }
    page.close().await;
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

/// What axe finds on the page that a story has come to, as text for an assertion; empty where axe is not installed.
pub(crate) async fn findings(page: &Page) -> String {
    match script() {
        Some(script) => violations(page, &script).await.join("\n"),
        None => String::new(),
    }
}
