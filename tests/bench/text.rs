//! From a text to ranked results: the bundled model and the index, beside Chroma with the same model by its own embedding, over the same
//! hundred thousand vectors; and embedding alone beside plain ONNX Runtime. The texts are made of a few words, the same in every run.

use crate::memory::{Set, id, shown, theirs};
use epistle_engine::memory::vectors::Vectors;
use fastembed::{InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

const TEXTS: usize = 300;
const WORDS: &[&str] = &[
    "invoice",
    "for",
    "the",
    "meeting",
    "about",
    "kernel",
    "patch",
    "that",
    "broke",
    "sound",
    "on",
    "my",
    "laptop",
    "when",
    "does",
    "delivery",
    "arrive",
    "flight",
    "to",
    "Lisbon",
    "password",
    "reset",
    "mail",
    "from",
    "last",
    "week",
    "with",
    "contract",
    "signed",
    "and",
    "photos",
    "of",
    "holiday",
    "error",
    "while",
    "compiling",
    "release",
];

/// `ORT_DYLIB_PATH` is the ONNX Runtime library; without it, or the bundled model, there is nothing to measure.
pub fn text(vectors: usize, python: Option<&str>) {
    let model = model_folder();
    if std::env::var_os("ORT_DYLIB_PATH").is_none() || !model.is_dir() {
        println!("text to results: neither the runtime (ORT_DYLIB_PATH) nor the model is here");
        return;
    }
    let set = Set::made(vectors);
    let texts: Vec<String> = (0..TEXTS).map(words).collect();
    let scratch = tempfile::tempdir().unwrap();
    set.write(scratch.path());
    fs::write(scratch.path().join("texts"), texts.join("\n")).unwrap();
    println!("text to results, {TEXTS} texts one by one over {vectors} vectors:");
    ours(&set, &texts, &model);
    if let Some(python) = python {
        for peer in ["onnxruntime", "chroma-text"] {
            theirs(python, peer, vectors, &[scratch.path(), &model]);
        }
    }
}

fn ours(set: &Set, texts: &[String], model: &Path) {
    let mut embedder = embedder(model);
    embedder.embed(["one before that is counted"], Some(1)).unwrap();
    let index = Vectors::new(384);
    set.vectors.iter().enumerate().for_each(|(n, vector)| index.insert(id(n), std::slice::from_ref(vector)));
    index.build_above(20_000, 2, &|| false);
    let (mut embedding, mut whole) = (Vec::new(), Vec::new());
    for text in texts {
        let began = Instant::now();
        let vector = embedder.embed([text], Some(1)).unwrap().remove(0);
        embedding.push(began.elapsed());
        assert_eq!(index.search(&vector, 10, &|_| true).len(), 10);
        whole.push(began.elapsed());
    }
    shown("ours, embedding alone", embedding);
    shown("ours, text to results", whole);
}

/// As the engine loads it.
fn embedder(folder: &Path) -> TextEmbedding {
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let tokenizer = TokenizerFiles {
        tokenizer_file: read("tokenizer.json"),
        config_file: read("config.json"),
        special_tokens_map_file: read("special_tokens_map.json"),
        tokenizer_config_file: read("tokenizer_config.json"),
    };
    let given = UserDefinedEmbeddingModel::new(read("model.onnx"), tokenizer).with_pooling(Pooling::Mean);
    let options = InitOptionsUserDefined::new()
        .with_max_length(256)
        .with_intra_threads(1)
        .with_session_config("session.intra_op.allow_spinning", "0");
    TextEmbedding::try_new_from_user_defined(given, options).unwrap()
}

fn model_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/engine/data/models/all-minilm-l6-v2-int8")
}

/// Three to ten words.
fn words(n: usize) -> String {
    let word = |at: usize| WORDS[(n * 31 + at * at * 7 + at * n) % WORDS.len()];
    (0..3 + n % 8).map(word).collect::<Vec<_>>().join(" ")
}
