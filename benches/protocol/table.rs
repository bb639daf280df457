//! The figures at the end: what a request costs the server's processors, and how long its sender waits.

use crate::pairs::wire::{CONNECTIONS, Cost};

/// An endpoint and its floor.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) ours: Cost,
    pub(crate) least: Cost,
}

/// Prints them: the first ratio is the one that is held to 1.5.
pub(crate) fn print(rows: &[Row]) {
    if rows.is_empty() {
        return;
    }
    println!("\nµs per request, {CONNECTIONS} connections; p50 and p99 as the client waits\n");
    println!("{:20}{:^26}   {:^26}   {:^15}   {:^15}", "", "server CPU", "time", "guichet", "floor");
    let (three, two) = (["guichet", "floor", "ratio"], ["p50", "p99"]);
    println!(
        "{:20}{:>9}{:>9}{:>8}   {:>9}{:>9}{:>8}   {:>7}{:>8}   {:>7}{:>8}",
        "", three[0], three[1], three[2], three[0], three[1], three[2], two[0], two[1], two[0], two[1]
    );
    for Row { name, ours, least } in rows {
        let both = |of: fn(&Cost) -> f64| {
            let (ours, least) = (of(ours), of(least));
            format!("{ours:>9.1}{least:>9.1}{:>8.2}", ours / least)
        };
        let waits = |cost: &Cost| format!("{:>7.0}{:>8.0}", cost.waited(50), cost.waited(99));
        println!("{name:20}{}   {}   {}   {}", both(Cost::processor), both(Cost::time), waits(ours), waits(least));
    }
}
