//! What is generated and committed must be what the code generates now.

use std::fs;

fn committed(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_default()
}

#[test]
fn the_schema_of_the_settings_is_fresh() {
    let path = "docs/schemas/settings.schema.json";
    let read: serde_json::Value = serde_json::from_str(&committed(path)).unwrap_or_default();
    assert!(read == guichet::config::schema().to_value(), "stale: run `cargo run -- settings schema > {path}`");
}

#[test]
fn the_reference_of_the_settings_is_fresh() {
    let path = "docs/reference/settings.md";
    assert_eq!(committed(path), guichet::config::reference(), "stale: run `cargo run -- settings reference > {path}`");
}
