//! The benches ask what they say they ask. How long the answers take is for `cargo bench` to say: here each endpoint and
//! each floor is asked for one rush, and every answer has to be good.

#[path = "../benches/protocol/pairs/mod.rs"]
mod pairs;

use pairs::Pairs;
use pairs::wire::{CONNECTIONS, Cost, RUSH, number};

#[test]
fn each_endpoint_of_the_benches_and_each_floor_answers() {
    let pairs = Pairs::new();
    for pair in pairs.all() {
        for side in &pair.sides {
            let mut cost = Cost::default();
            cost.add(pairs.wire.rush(side));
            assert_eq!(cost.answers(), RUSH, "{}", pair.name);
            assert!(cost.time() > 0.0 && cost.processor() > 0.0, "{}", pair.name);
            // All connections wait at once, so that nobody waits longer than the rush.
            assert!(cost.waited(50) <= cost.waited(99), "{}", pair.name);
            assert!(cost.waited(99) <= cost.time() * number(RUSH * CONNECTIONS), "{}", pair.name);
        }
    }
    pairs.end();
}
