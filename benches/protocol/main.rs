//! What the protocol's endpoints cost, each beside its floor (DESIGN.md §10): `cargo bench` prints both and their ratio.
//!
//! Ours and the floor are asked in turn, rush by rush, so that what else the machine does weighs on both alike; every
//! sample of either counts for the ratio. `cargo bench -- refresh` asks one endpoint, `-- --test` each of them once.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench that cannot go on has failed, and says where"
)]

mod pairs;
#[expect(dead_code, reason = "the stories' support, of which the benches need little")]
#[path = "../../tests/support/mod.rs"]
mod support;
mod table;

use std::cell::RefCell;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Bencher, Criterion, SamplingMode};
use guichet::config::{Log, LogFormat};
use guichet::server::telemetry::subscriber;

use self::pairs::wire::{Cost, RUSH, Wire, number};
use self::pairs::{Pair, Pairs};
use self::table::Row;

/// As `serve` has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    log_to_nowhere();
    let pairs = Pairs::new();
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let rows: Vec<_> = pairs.all().iter().filter_map(|pair| compared(&mut criterion, &pairs.wire, pair)).collect();
    table::print(&rows);
    pairs.end();
}

/// Lines are made and written, as they are when serving: one for each request, to where nobody reads.
fn log_to_nowhere() {
    let log = Log { format: LogFormat::Json, level: "info".to_owned() };
    let nowhere = File::options().write(true).open("/dev/null").unwrap();
    tracing::subscriber::set_global_default(subscriber(&log, Arc::new(nowhere)).unwrap()).unwrap();
}

/// Measures both sides; nothing when neither was asked for.
fn compared(criterion: &mut Criterion, wire: &Wire, pair: &Pair<'_>) -> Option<Row> {
    let costs = RefCell::new([Cost::default(), Cost::default()]);
    let mut group = criterion.benchmark_group(pair.name);
    group.sampling_mode(SamplingMode::Flat);
    for (side, label) in ["guichet", "floor"].into_iter().enumerate() {
        group.bench_function(label, |bencher| alternate(bencher, wire, pair, (side, &costs)));
    }
    group.finish();
    let [ours, least] = costs.into_inner();
    (ours.answers() > 0).then_some(Row { name: pair.name, ours, least })
}

/// Whole rushes of both sides, ABBA; the one that is asked for is told per request.
fn alternate(bencher: &mut Bencher<'_>, wire: &Wire, pair: &Pair<'_>, (side, costs): (usize, &RefCell<[Cost; 2]>)) {
    bencher.iter_custom(|requests| {
        let (mut costs, rushes) = (costs.borrow_mut(), usize::try_from(requests).unwrap().div_ceil(RUSH));
        let mut told = Duration::ZERO;
        for number in 0..rushes {
            for one in if number % 2 == 0 { [0, 1] } else { [1, 0] } {
                let rush = wire.rush(&pair.sides[one]);
                if one == side {
                    told += rush.took;
                }
                costs[one].add(rush);
            }
        }
        told.mul_f64(number(usize::try_from(requests).unwrap()) / number(rushes * RUSH))
    });
}
