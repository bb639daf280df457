//! The operator's figures: what registries were asked, and that the page about figures knows them all.

use std::fs;

use guichet::identity::organisation::Registry;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry as Figures;
use serde_json::json;

use super::{NOW, Town, asks, of_dinum};
use crate::architecture::{files, root};
use crate::support::peer::Reply;

fn text(figures: &Figures) -> String {
    let mut text = String::new();
    encode(&mut text, figures).unwrap();
    text
}

#[tokio::test]
async fn each_question_is_counted_by_registry_and_outcome_and_by_nothing_else() {
    let (town, mut figures) = (Town::new().await, Figures::default());
    town.registries.register(&mut figures);
    let dinum = asks(&[Registry::Dinum]);
    town.dinum.says(Reply::status(503));
    for _ in 0..4 {
        town.looks_up(&dinum, NOW).await;
    }
    assert!(text(&figures).contains("guichet_registry_breaker{registry=\"dinum\"} 0\n"));
    for _ in 0..2 {
        town.looks_up(&dinum, NOW).await;
    }
    let broken = text(&figures);
    for line in [
        "guichet_registry_answers_total{registry=\"dinum\",outcome=\"unavailable\"} 5\n",
        "guichet_registry_answers_total{registry=\"dinum\",outcome=\"not_asked_breaker\"} 1\n",
        "guichet_registry_copies_total{registry=\"dinum\",found=\"no\"} 6\n",
        "guichet_registry_breaker{registry=\"dinum\"} 1\n",
        "guichet_registry_breaker{registry=\"insee\"} 0\n",
        "guichet_registry_breaker{registry=\"vies\"} 0\n",
    ] {
        assert!(broken.contains(line), "{line}{broken}");
    }
    town.dinum.says(Reply::json(200, &of_dinum()));
    let later = NOW + guichet::clock::minutes(1);
    for _ in 0..2 {
        town.looks_up(&dinum, later).await;
    }
    town.vies.says(Reply::json(200, &json!({ "valid": false })));
    town.checks("DE", "136695976", later).await;
    let well = text(&figures);
    for line in [
        "guichet_registry_answers_total{registry=\"dinum\",outcome=\"found\"} 1\n",
        "guichet_registry_copies_total{registry=\"dinum\",found=\"yes\"} 1\n",
        "guichet_registry_breaker{registry=\"dinum\"} 0\n",
        "guichet_registry_answers_total{registry=\"vies\",outcome=\"not_found\"} 1\n",
    ] {
        assert!(well.contains(line), "{line}{well}");
    }
    assert!(!well.contains(super::SIRET) && !well.contains("136695976"), "no series is made of a number");
}

#[test]
fn the_page_about_figures_knows_each_of_them() {
    let page = fs::read_to_string(root().join("docs/reference/metrics.md")).unwrap();
    let mut known = 0;
    for path in files(&root().join("src")) {
        let code = fs::read_to_string(&path).unwrap();
        // Whatever is shown is registered by its name.
        for (_, after) in code.match_indices(".register(\"guichet_").map(|(at, start)| code.split_at(at + start.len()))
        {
            let name = format!("guichet_{}", after.split('"').next().unwrap());
            assert!(
                page.contains(&format!("| `{name}` |")),
                "{}: docs/reference/metrics.md lacks {name}",
                path.display()
            );
            known += 1;
        }
    }
    let described = page.lines().filter(|line| line.starts_with("| `guichet_")).count();
    assert_eq!(known, described, "and knows no others");
}
