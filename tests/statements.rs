//! SQL is parameterised only (SR-190), held where the source says it.
//!
//! The proof is the compiler's: `store::sql` takes its text as `&'static str`, and nothing that somebody sends is static.
//! What is left for a search is that no other file makes a statement of a text, and that nobody makes a text static at
//! run time. Values that are bound do reach the database unharmed: `tests/attack/statements.rs` sends them.

use std::fs;
use std::path::Path;

use crate::architecture::{names, root, sources};

/// What makes a statement of a text, or a text of values, and the files that may say it.
const RESERVED: [(&str, &[&str]); 13] = [
    ("Statement", &["store/sql.rs"]),
    ("from_sql_and_values", &["store/sql.rs"]),
    ("from_string", &[]),
    ("cust", &[]),
    ("cust_with_values", &[]),
    ("cust_with_expr", &[]),
    ("cust_with_exprs", &[]),
    ("raw_sql", &[]),
    ("query_as", &[]),
    // One constant each; see the second test.
    ("execute_unprepared", &["store/mod.rs", "store/migrate.rs"]),
    // A text becomes static by being leaked, or kept in something static.
    ("leak", &[]),
    ("LazyLock", &[]),
    ("OnceLock", &[]),
];

/// What a file of the store says that it may not.
fn faults(path: &str, code: &str) -> Vec<String> {
    let may = |files: &[&str]| files.contains(&path);
    let said = RESERVED.iter().filter(|(word, files)| names(code, word) && !may(files));
    said.map(|(word, _)| format!("{path}: `{word}`")).collect()
}

#[test]
fn sr_190_statements_are_made_of_constant_texts_in_one_place() {
    let store: Vec<_> = sources().into_iter().filter(|(path, _)| path.starts_with("store")).collect();
    assert!(store.len() > 25, "the store was read");
    let faults: Vec<_> =
        store.iter().flat_map(|(path, code)| faults(&path.to_string_lossy().replace('\\', "/"), code)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let place = read("src/store/sql.rs");
    assert!(place.contains("text: &'static str"), "its text is known to the compiler");
    assert!(place.contains("from_sql_and_values(connection.get_database_backend(), text, values)"));
}

#[test]
fn sr_190_what_runs_unprepared_is_written_out() {
    for (file, constants) in [("src/store/mod.rs", 1), ("src/store/migrate.rs", 1)] {
        let text = read(file);
        let calls: Vec<_> = text.split("execute_unprepared(").skip(1).collect();
        assert_eq!(calls.len(), constants, "{file}");
        assert!(calls.iter().all(|call| call.starts_with('"')), "{file}: a literal, and nothing else");
    }
    // Migrations are lists of constants, so that none can hold a value.
    let folder = root().join("migrations/src");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!names(&text, "format") && !names(&text, "leak"), "{}", path.display());
        let step = path.file_name().unwrap().to_str().unwrap().starts_with('m');
        assert!(!step || text.contains("const STATEMENTS: &[&str]"), "{}", path.display());
    }
}

#[test]
fn the_search_finds_what_it_is_for() {
    for code in [
        "let s = Statement::from_string(backend, format!(x));",
        "query.filter(Expr::cust(&typed))",
        "let text: &'static str = sql.leak();",
        "static TEXT: LazyLock<String> = LazyLock::new(make);",
        "connection.execute_unprepared(&sql).await",
    ] {
        assert!(!faults("store/users.rs", code).is_empty(), "{code}");
    }
    assert!(faults("store/users.rs", "let customer = leaks(sql(connection, text, values));").is_empty());
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(Path::new(path))).unwrap()
}
