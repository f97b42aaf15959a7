//! The index of meaning beside others on the same vectors: building, single queries on one thread, and how many of the true ten nearest are
//! found. The vectors are made, in clusters, the same in every run; nobody's mail is in them. Besides the time on the
//! clock stands the time on the processor, which other work on the machine disturbs less.

use cpu_time::{ProcessTime, ThreadTime};
use epistle_engine::ids::MessageId;
use epistle_engine::memory::vectors::Vectors;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const DIMENSIONS: usize = 384;
const QUERIES: usize = 500;
const NEAREST: usize = 10;
const THREADS: usize = 2;
/// As `near.py` names them. Each runs in a process of its own.
const PEERS: [&str; 4] = ["usearch-i8", "usearch-f16", "hnswlib", "chroma"];

/// `EPISTLE_BENCH_PYTHON` is a Python that has the peers; without it ours is measured alone.
pub fn memory() {
    let python = std::env::var("EPISTLE_BENCH_PYTHON").ok();
    println!("{DIMENSIONS} dimensions, {QUERIES} queries one by one on one thread, built on {THREADS} threads");
    let built: Vec<f64> = [10_000, 100_000].into_iter().map(|count| side_by_side(count, python.as_deref())).collect();
    if let [ten, hundred] = built[..] {
        let slope = hundred / ten;
        println!(
            "1M on paper: ten times the rows cost {slope:.1} times the building, so {:.0} s of processor",
            hundred * slope
        );
    }
    crate::text::text(100_000, python.as_deref());
}

/// From a text to results alone. `epistle-bench text`.
pub fn text() {
    crate::text::text(100_000, std::env::var("EPISTLE_BENCH_PYTHON").ok().as_deref());
}

/// Where a look at each row stops being the faster one. `epistle-bench switch`.
pub fn switch() {
    for count in [5_000, 10_000, 20_000, 50_000, 100_000] {
        let set = Set::made(count);
        println!("{count}:");
        ours(&set, None);
        ours(&set, Some(0));
    }
}

/// The seconds of processor our graph took.
fn side_by_side(count: usize, python: Option<&str>) -> f64 {
    let set = Set::made(count);
    println!("{count}:");
    ours(&set, None);
    let built = ours(&set, Some(0));
    if let Some(python) = python {
        let scratch = tempfile::tempdir().unwrap();
        set.write(scratch.path());
        PEERS.iter().for_each(|peer| theirs(python, peer, count, &[scratch.path()]));
    }
    built
}

/// As it comes, or with a graph where a look at each row would do.
fn ours(set: &Set, look_at_each: Option<usize>) -> f64 {
    let index = Vectors::new(DIMENSIONS);
    let (began, worked) = (Instant::now(), ProcessTime::now());
    set.vectors.iter().enumerate().for_each(|(n, vector)| index.insert(id(n), std::slice::from_ref(vector)));
    let name = match look_at_each {
        Some(limit) if index.build_above(limit, THREADS, &|| false) => "ours, graph",
        _ => "ours, a look at each",
    };
    let (built, worked) = (began.elapsed().as_secs_f64(), worked.elapsed().as_secs_f64());
    let mut hits = 0;
    let (mut took, mut computed): (Vec<f64>, Vec<f64>) = (0..QUERIES)
        .map(|n| {
            let (began, worked) = (Instant::now(), ThreadTime::now());
            let found = index.search(&set.queries[n], NEAREST, &|_| true);
            let took = (milliseconds(began.elapsed()), milliseconds(worked.elapsed()));
            hits += set.truth[n].iter().filter(|n| found.iter().any(|near| near.message == id(**n as usize))).count();
            took
        })
        .unzip();
    took.sort_by(f64::total_cmp);
    computed.sort_by(f64::total_cmp);
    println!(
        "  {name}: built in {built:.2} s ({worked:.2} s of processor), recall@{NEAREST} {:.4}, p50 {:.3} ms, p99 {:.3} ms \
         (of processor: {:.3}, {:.3}), {} bytes a vector",
        hits as f64 / (NEAREST * QUERIES) as f64,
        took[QUERIES / 2],
        took[QUERIES * 99 / 100],
        computed[QUERIES / 2],
        computed[QUERIES * 99 / 100],
        index.bytes() / set.vectors.len()
    );
    worked
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// A peer's own process; `folders` has what is read, and the model's where that is needed.
pub fn theirs(python: &str, peer: &str, count: usize, folders: &[&Path]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/near.py");
    let counts = [count, QUERIES, DIMENSIONS, NEAREST, THREADS].map(|number| number.to_string());
    let done = Command::new(python).arg(script).arg(peer).args(counts).args(folders).status().unwrap();
    assert!(done.success(), "{peer} did not end well");
}

/// Medians and p99 of many, on the clock.
pub fn shown(what: &str, times: Vec<Duration>) {
    let mut times: Vec<f64> = times.into_iter().map(milliseconds).collect();
    times.sort_by(f64::total_cmp);
    println!("  {what}: p50 {:.3} ms, p99 {:.3} ms", times[times.len() / 2], times[times.len() * 99 / 100]);
}

pub fn id(n: usize) -> MessageId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
    MessageId(bytes)
}

pub struct Set {
    pub vectors: Vec<Vec<f32>>,
    queries: Vec<Vec<f32>>,
    /// The nearest of each query, by f32 sums over everything.
    truth: Vec<Vec<u32>>,
}

impl Set {
    /// A hundred vectors a cluster; two of one cluster have a cosine of about 0.6.
    pub fn made(count: usize) -> Self {
        let mut chance = Chance(7);
        let middles: Vec<Vec<f32>> = (0..count.div_ceil(100)).map(|_| chance.unit(&[0.0; DIMENSIONS], 1.0)).collect();
        let spread = 0.8 / (DIMENSIONS as f32).sqrt();
        let mut one = || {
            let middle = chance.below(middles.len());
            chance.unit(&middles[middle], spread)
        };
        let vectors: Vec<_> = (0..count).map(|_| one()).collect();
        let queries: Vec<_> = (0..QUERIES).map(|_| one()).collect();
        let truth = queries.iter().map(|query| nearest(&vectors, query)).collect();
        Self { vectors, queries, truth }
    }

    pub fn write(&self, folder: &Path) {
        let numbers = |name: &str, bytes: &mut dyn Iterator<Item = [u8; 4]>| {
            let mut file = std::io::BufWriter::new(std::fs::File::create(folder.join(name)).unwrap());
            bytes.for_each(|four| file.write_all(&four).unwrap());
            file.flush().unwrap();
        };
        numbers("vectors", &mut self.vectors.iter().flatten().map(|number| number.to_le_bytes()));
        numbers("queries", &mut self.queries.iter().flatten().map(|number| number.to_le_bytes()));
        numbers("truth", &mut self.truth.iter().flatten().map(|number| number.to_le_bytes()));
    }
}

fn nearest(vectors: &[Vec<f32>], query: &[f32]) -> Vec<u32> {
    let mut all: Vec<(f32, u32)> = (0..).zip(vectors).map(|(n, vector)| (dot(vector, query), n)).collect();
    all.select_nth_unstable_by(NEAREST, |a, b| b.0.total_cmp(&a.0));
    all.into_iter().take(NEAREST).map(|(_, n)| n).collect()
}

/// In sixteen sums at once, which a compiler turns into wide instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    for (a, b) in a.chunks_exact(16).zip(b.chunks_exact(16)) {
        for at in 0..16 {
            sums[at] += a[at] * b[at];
        }
    }
    sums.iter().sum()
}

/// Numbers that are the same in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn even(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, count: usize) -> usize {
        (self.even() * count as f64) as usize
    }

    /// One of a bell curve (Box and Muller).
    fn bell(&mut self) -> f32 {
        let (far, turn) = (self.even().max(1e-12), self.even());
        ((-2.0 * far.ln()).sqrt() * (std::f64::consts::TAU * turn).cos()) as f32
    }

    fn unit(&mut self, around: &[f32], spread: f32) -> Vec<f32> {
        let vector: Vec<f32> = around.iter().map(|number| number + spread * self.bell()).collect();
        let length = dot(&vector, &vector).sqrt();
        vector.iter().map(|number| number / length).collect()
    }
}
