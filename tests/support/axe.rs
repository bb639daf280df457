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

/// Puts axe into the page that is open.
async fn inject(page: &Page, script: &str) {
    // The script's own last value is no value that could be handed over.
    page.evaluate(&format!("{script}\n;true")).await;
}

/// All rules: WCAG A and AA from 2.0 to 2.2, and what axe calls best practice.
const ALL: &str = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22a','wcag22aa','best-practice']";

/// The rules whose verdict depends on colours or on the layout; the others read the document, once is enough for them.
const VISUAL: &str =
    "{ type: 'rule', values: ['color-contrast', 'target-size', 'link-in-text-block', 'scrollable-region-focusable'] }";

/// What axe, once it is in the page, finds on it as it stands, a line each.
async fn violations(page: &Page, rules: &str) -> Vec<String> {
    let found = page
        .evaluate(&format!(
            "axe.run(document, {{ runOnly: {rules}, resultTypes: ['violations'] }}).then(found => found.violations.flatMap(
                rule => rule.nodes.map(node => rule.id + ': ' + rule.help + ' at ' + node.target.join(' '))))"
        ))
        .await;
    found.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

/// A page to look at.
pub(crate) struct Sample {
    /// The name of its pictures.
    pub(crate) name: String,
    /// Its address.
    pub(crate) address: String,
    /// Whether pictures of it are kept, at the widths of a phone and of a desktop.
    pub(crate) pictured: bool,
}

/// Walks all samples in both schemes and all widths; each must be clean, within budget, and scroll one way only.
pub(crate) async fn axe_samples(samples: &[Sample]) {
    let Some(script) = script() else { return };
    let Some(page) = Page::open(Settings::default()).await else { return };
    let mut findings = Vec::new();
    for Sample { name, address, pictured } in samples {
        page.goto(address).await;
        let (bytes, requests) = page.weight().await;
        if bytes >= BUDGET.0 || requests > BUDGET.1 {
            findings.push(format!("{name}: {bytes} bytes in {requests} requests"));
        }
        findings.extend(looked_at(&page, &script, name, *pictured).await);
    }
    page.close().await;
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

/// What there is to say against the open page, with pictures of it; nothing where axe is not installed.
pub(crate) async fn findings(page: &Page, name: &str) -> String {
    match script() {
        Some(script) => looked_at(page, &script, name, true).await.join("\n"),
        None => String::new(),
    }
}

/// The open page in both schemes and all widths; it is left in a light scheme and at a desktop's width.
async fn looked_at(page: &Page, script: &str, name: &str, pictured: bool) -> Vec<String> {
    let mut findings = Vec::new();
    inject(page, script).await;
    let mut rules = ALL;
    for (dark, width) in [true, false].into_iter().flat_map(|dark| WIDTHS.map(|width| (dark, width))) {
        page.prefer(dark).await;
        page.resize(width).await;
        let state = format!("{name}-{}-{width}", if dark { "dark" } else { "light" });
        if pictured && width != WIDTHS[0] {
            page.screenshot(&state).await;
        }
        findings.extend(violations(page, rules).await.into_iter().map(|found| format!("{state}: {found}")));
        rules = VISUAL;
        let sideways = page.evaluate("document.documentElement.scrollWidth - window.innerWidth").await;
        if sideways.as_i64().is_none_or(|pixels| pixels > 0) {
            findings.push(format!("{state}: scrolls sideways by {sideways} px"));
        }
    }
    findings
}
