//! The index beside a plain sum over everything: what it finds, what it no longer finds, and that nobody waits.

use super::*;
use proptest::prelude::*;

const DIMENSIONS: usize = 32;

fn id(n: usize) -> MessageId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
    MessageId(bytes)
}

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f32 {
        let mut sum = 0.0;
        for _ in 0..6 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum += (self.0 >> 40) as f32 / (1u32 << 24) as f32;
        }
        sum - 3.0
    }

    fn vector(&mut self) -> Vec<f32> {
        (0..DIMENSIONS).map(|_| self.next()).collect()
    }

    fn near(&mut self, middle: &[f32], spread: f32) -> Vec<f32> {
        middle.iter().map(|number| number + spread * self.next()).collect()
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Best first, by a plain sum over everything.
fn plainly(all: &[Vec<Vec<f32>>], query: &[f32], keep: impl Fn(usize) -> bool) -> Vec<(usize, f32)> {
    let best = |passages: &Vec<Vec<f32>>| passages.iter().map(|p| cosine(p, query)).fold(f32::MIN, f32::max);
    let mut found: Vec<_> = all.iter().enumerate().filter(|(n, _)| keep(*n)).map(|(n, p)| (n, best(p))).collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_found_is_what_a_plain_sum_finds(seed in any::<u64>(), messages in 1usize..300, limit in 1usize..12, part in 1usize..5) {
        let mut chance = Chance(seed);
        let all: Vec<Vec<Vec<f32>>> = (0..messages).map(|n| (0..1 + n % 3).map(|_| chance.vector()).collect()).collect();
        let index = Vectors::new(DIMENSIONS);
        all.iter().enumerate().for_each(|(n, passages)| index.insert(id(n), passages));
        let query = chance.vector();
        let truth = plainly(&all, &query, |n| n % part == 0);
        let found = index.search(&query, limit, &|message| (0..messages).step_by(part).any(|n| id(n) == message));
        prop_assert_eq!(found.len(), limit.min(truth.len()));
        for (near, (_, score)) in found.iter().zip(&truth) {
            prop_assert!((near.score - score).abs() < 2e-3, "{} is not {}", near.score, score);
        }
    }
}

/// Clustered vectors, one a message, and queries from the same clusters.
fn clustered(messages: usize, queries: usize) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let mut chance = Chance(11);
    let middles: Vec<_> = (0..messages.div_ceil(40)).map(|_| chance.vector()).collect();
    let mut some = |count: usize| (0..count).map(|n| chance.near(&middles[n % middles.len()], 0.7)).collect::<Vec<_>>();
    (some(messages), some(queries))
}

fn filled(all: &[Vec<f32>]) -> Vectors {
    let index = Vectors::new(DIMENSIONS);
    all.iter().enumerate().for_each(|(n, vector)| index.insert(id(n), std::slice::from_ref(vector)));
    index
}

fn with_graph(all: &[Vec<f32>]) -> Vectors {
    let index = filled(all);
    assert!(index.build_above(0, 2, &|| false));
    index
}

/// Of the ten nearest by a plain sum, the part that the index finds.
fn recall(index: &Vectors, all: &[Vec<f32>], queries: &[Vec<f32>], keep: impl Fn(usize) -> bool) -> f64 {
    let kept: HashMap<MessageId, usize> = (0..all.len()).filter(|n| keep(*n)).map(|n| (id(n), n)).collect();
    let all: Vec<Vec<Vec<f32>>> = all.iter().map(|vector| vec![vector.clone()]).collect();
    let (mut hits, mut of) = (0, 0);
    for query in queries {
        let truth = plainly(&all, query, &keep);
        let found = index.search(query, 10, &|message| kept.contains_key(&message));
        assert!(found.iter().all(|near| kept.contains_key(&near.message)));
        hits += truth.iter().take(10).filter(|(n, _)| found.iter().any(|near| near.message == id(*n))).count();
        of += truth.len().min(10);
    }
    hits as f64 / of as f64
}

#[test]
fn a_graph_finds_what_a_look_at_each_finds() {
    let (all, queries) = clustered(1_500, 40);
    let index = with_graph(&all);
    assert!(index.rows().graphs.len() == 1 && index.rows().graphed() == all.len());
    let part = recall(&index, &all, &queries, |_| true);
    assert!(part >= 0.99, "{part}");
}

#[test]
fn a_filter_loses_nothing_however_little_it_lets_through() {
    let (all, queries) = clustered(1_500, 10);
    let index = with_graph(&all);
    for part in [2, 10, 100, 500] {
        let found = recall(&index, &all, &queries, |n| n % part == 0);
        assert!(found >= 0.99, "one in {part}: {found}");
    }
    assert!(index.search(&queries[0], 10, &|_| false).is_empty());
}

#[test]
fn mails_that_are_all_the_same_hide_no_others() {
    let (mut all, mut queries) = clustered(2_000, 20);
    let same = all[0].clone();
    all.iter_mut().step_by(2).for_each(|vector| vector.clone_from(&same));
    let index = with_graph(&all);
    queries.extend((1..40).step_by(2).map(|n| all[n].clone()));
    assert!(recall(&index, &all, &queries, |n| n % 2 == 1) >= 0.99);
    for query in &queries {
        let (found, truth) = (index.search(query, 10, &|_| true), filled(&all).search(query, 10, &|_| true));
        let scores = |near: &[Near]| near.iter().map(|near| near.score).collect::<Vec<_>>();
        assert_eq!(scores(&found), scores(&truth));
    }
    (0..1_000).step_by(2).for_each(|n| index.remove(id(n)));
    let found = index.search(&same, 600, &|message| message >= id(1_000));
    assert_eq!(found.iter().filter(|near| near.score > 0.999).count(), 500, "those that are left are still there");
}

#[test]
fn what_came_after_the_graph_is_found_at_once_and_the_graphs_grow_with_it() {
    let (all, queries) = clustered(2_000, 20);
    let index = with_graph(&all[..1_000]);
    all.iter().enumerate().skip(1_000).for_each(|(n, vector)| index.insert(id(n), std::slice::from_ref(vector)));
    assert!(recall(&index, &all, &queries, |_| true) >= 0.99);
    assert!(!index.build_above(1_000, 1, &|| false), "not so many that it is worth it");
    assert!(index.build_above(100, 1, &|| false));
    assert_eq!(index.rows().graphed(), 2_000);
    assert!(recall(&index, &all, &queries, |_| true) >= 0.99);
}

#[test]
fn what_is_removed_is_gone_from_the_results_and_from_memory_at_once() {
    let (all, queries) = clustered(1_500, 20);
    let index = with_graph(&all);
    let bytes = index.bytes();
    (0..all.len()).filter(|n| n % 10 == 3).for_each(|n| index.remove(id(n)));
    assert!(!index.contains(id(3)) && index.contains(id(4)));
    assert_eq!(index.len(), 1_350);
    for query in &queries {
        let found = index.search(query, 50, &|_| true);
        assert!(found.iter().all(|near| (0..all.len()).all(|n| n % 10 != 3 || id(n) != near.message)));
    }
    let rows = index.rows();
    assert!(rows.owner(3).is_none() && rows.halves(3).is_none() && rows.codes(3).iter().all(|code| *code == 0));
    assert!(index.bytes() < bytes);
    assert!(recall(&index, &all, &queries, |n| n % 10 != 3) >= 0.99);
}

#[test]
fn many_empty_places_are_closed_up() {
    let (all, queries) = clustered(3_000, 10);
    let index = filled(&all);
    (0..all.len()).filter(|n| n % 3 != 0).for_each(|n| index.remove(id(n)));
    assert!(index.wants_building());
    assert!(!index.build(1, &|| false), "too few for a graph");
    assert_eq!((index.rows().len(), index.len()), (1_000, 1_000));
    assert!(recall(&index, &all, &queries, |n| n % 3 == 0) >= 0.99);
}

#[test]
fn another_insert_of_a_message_takes_the_place_of_the_first() {
    let index = Vectors::new(2);
    index.insert(id(1), &[vec![1.0, 0.0], vec![0.8, 0.6]]);
    index.insert(id(1), &[vec![0.0, 2.0]]);
    assert_eq!(index.len(), 1);
    let found = index.search(&[0.0, 1.0], 5, &|_| true);
    assert_eq!((found.len(), found[0].passage), (1, 0));
    assert!((found[0].score - 1.0).abs() < 1e-3);
    index.insert(id(1), &[]);
    assert!(!index.contains(id(1)) && index.is_empty());
}

#[test]
fn what_is_no_direction_is_left_out() {
    let index = Vectors::new(2);
    index.insert(id(1), &[vec![0.0, 0.0], vec![1.0], vec![f32::NAN, 1.0], vec![f32::INFINITY, 1.0], vec![3.0, 4.0]]);
    assert_eq!(index.len(), 1);
    assert_eq!(index.search(&[3.0, 4.0], 5, &|_| true)[0].passage, 4);
    assert!(index.search(&[0.0, 0.0], 5, &|_| true).is_empty());
    assert!(index.search(&[1.0, 0.0, 0.0], 5, &|_| true).is_empty());
}

#[test]
fn older_mail_takes_a_third_of_the_memory_and_is_still_found() {
    let (all, queries) = clustered(1_500, 20);
    let index = filled(&all);
    let before = index.bytes();
    (0..all.len()).filter(|n| n % 2 == 0).for_each(|n| index.quantise(id(n)));
    (0..all.len()).filter(|n| n % 4 == 1).for_each(|n| index.insert_codes(id(n), &[codes(&all[n]).unwrap()]));
    assert!(index.bytes() < before);
    assert!(index.rows().halves(3).is_some() && index.rows().halves(2).is_none());
    assert!(recall(&index, &all, &queries, |_| true) >= 0.95);
}

#[test]
fn a_graph_of_exact_vectors_comes_back_to_those_of_which_the_codes_alone_were_kept() {
    let (all, queries) = clustered(1_500, 20);
    let bytes = with_graph(&all).snapshot().unwrap();
    let after = Vectors::new(DIMENSIONS);
    all.iter().enumerate().for_each(|(n, vector)| after.insert_codes(id(n), &[codes(vector).unwrap()]));
    assert!(after.restore(&bytes));
    assert_eq!(after.rows().graphed(), all.len());
    assert!(!after.is_precise(id(0)) && recall(&after, &all, &queries, |_| true) >= 0.9);
}

#[test]
fn a_snapshot_gives_the_graph_back_to_the_same_vectors_in_any_order() {
    let (all, queries) = clustered(1_500, 20);
    let before = with_graph(&all);
    let bytes = before.snapshot().unwrap();
    let after = Vectors::new(DIMENSIONS);
    for n in (0..all.len()).rev().filter(|n| n % 50 != 7) {
        after.insert(id(n), std::slice::from_ref(&all[n])); // what was removed meanwhile is not in the store any more
    }
    after.insert(id(9), &[all[8].clone()]); // and this one has another text now
    assert!(after.restore(&bytes));
    assert_eq!(after.rows().graphed(), all.len());
    assert_eq!(after.len(), 1_470);
    let mut now = all.clone();
    now[9] = all[8].clone();
    assert!(recall(&after, &now, &queries, |n| n % 50 != 7) >= 0.99);
    assert!((0..all.len()).all(|n| after.contains(id(n)) == (n % 50 != 7)));
    after.remove(id(11));
    assert!(after.search(&all[11], 50, &|_| true).iter().all(|near| near.message != id(11)));
}

#[test]
fn a_snapshot_that_is_damaged_or_anothers_is_refused() {
    let (all, queries) = clustered(400, 5);
    let index = with_graph(&all);
    let bytes = index.snapshot().unwrap();
    let fresh = filled(&all);
    for at in (0..bytes.len()).step_by(bytes.len() / 97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert!(!fresh.restore(&damaged), "a bit at {at}");
        assert!(!fresh.restore(&bytes[..at]), "cut at {at}");
    }
    assert!(!filled(&clustered(400, 0).0[..100]).restore(&bytes), "most of its rows are not there");
    assert!(!Vectors::new(DIMENSIONS + 1).restore(&bytes));
    assert!(fresh.rows().graphs.is_empty());
    assert!(recall(&fresh, &all, &queries, |_| true) >= 0.99, "a look at each goes on answering");
}

#[test]
fn a_building_that_is_stopped_leaves_everything_as_it_was() {
    let (all, _) = clustered(500, 0);
    let index = filled(&all);
    assert!(!index.build_above(0, 2, &|| true));
    assert!(index.rows().graphs.is_empty());
}

#[test]
fn searches_go_on_while_others_insert_remove_and_build() {
    let (all, queries) = clustered(1_200, 10);
    let index = filled(&all[..600]);
    std::thread::scope(|scope| {
        scope
            .spawn(|| all.iter().enumerate().skip(600).for_each(|(n, v)| index.insert(id(n), std::slice::from_ref(v))));
        scope.spawn(|| (0..100).for_each(|n| index.remove(id(n))));
        scope.spawn(|| index.build_above(0, 1, &|| false));
        scope.spawn(|| (200..300).for_each(|n| index.quantise(id(n))));
        for _ in 0..2 {
            scope.spawn(|| {
                queries.iter().for_each(|query| {
                    let found = index.search(query, 10, &|message| message >= id(100));
                    assert_eq!(found.len(), 10, "there are always more than ten");
                    assert!(found.is_sorted_by(|a, b| a.score >= b.score));
                });
            });
        }
    });
    assert_eq!(index.len(), 1_100);
    assert!(recall(&index, &all, &queries, |n| n >= 100) >= 0.98);
}
