//! How well two samples can be told apart: the area under the ROC curve, by ranks (Mann and Whitney).

/// The chance that a guesser who sees one time of each class names the right one, ties guessed: 0.5 tells nothing, 1
/// tells all. Which class is the slower one does not matter to a guesser, so the answer is never below 0.5.
pub(super) fn auc(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = one.iter().map(|time| (*time, true)).collect();
    all.extend(other.iter().map(|time| (*time, false)));
    all.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut ranks, mut before) = (0.0, 0.0);
    for tied in all.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        let (size, ours) = (count(tied.len()), count(tied.iter().filter(|(_, ours)| *ours).count()));
        ranks += ours * (before + f64::midpoint(size, 1.0));
        before += size;
    }
    let (ours, theirs) = (count(one.len()), count(other.len()));
    let area = (ranks - ours * (ours + 1.0) / 2.0) / (ours * theirs);
    area.max(1.0 - area)
}

fn count(of: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap())
}

#[test]
fn the_area_is_what_counting_pairs_by_hand_gives() {
    for (one, other, area) in [
        (vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0], 1.0),
        (vec![4.0, 5.0, 6.0], vec![1.0, 2.0, 3.0], 1.0),
        (vec![1.0, 1.0, 1.0], vec![1.0, 1.0, 1.0], 0.5),
        (vec![1.0, 3.0, 5.0], vec![2.0, 3.0, 4.0], 0.5),
        (vec![1.0, 2.0, 4.0], vec![3.0, 5.0], 5.0 / 6.0),
        (vec![1.0, 2.0], vec![2.0, 3.0], 3.5 / 4.0),
    ] {
        assert!((auc(&one, &other) - area).abs() < 1e-9, "{one:?} {other:?}: {}", auc(&one, &other));
    }
}
