//! The model that comes with Epistle, in the runtime that comes with it: nothing here stands in for either.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const BUNDLED: &str = "all-minilm-l6-v2-int8";

fn here() -> Places {
    Places::around(Path::new(""))
}

fn embedder() -> Arc<Embedder> {
    Embedders::around(Path::new(""))
        .get(BUNDLED)
        .expect("cargo xtask test installs the runtime: npm ci in src-tauri/runtime")
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn a_paraphrase_is_nearer_than_another_matter_and_the_same_text_is_the_same_vector() {
    let embedder = embedder();
    let of = |text: &str| embedder.passage(text).unwrap();
    let meeting = of("The meeting moved to Thursday at ten.");
    assert_eq!((meeting.len(), embedder.dimensions()), (384, 384));
    assert!((cosine(&meeting, &meeting) - 1.0).abs() < 1e-4);
    assert_eq!(meeting, of("The meeting moved to Thursday at ten."));
    let (alike, other) = (
        of("We will get together on Thursday morning instead."),
        of("The kernel panics when I load the sound driver."),
    );
    assert!(
        cosine(&meeting, &alike) > 0.5 && cosine(&meeting, &other) < 0.2,
        "{} {}",
        cosine(&meeting, &alike),
        cosine(&meeting, &other)
    );
    // What lies beyond the longest text a model reads does not make it fail.
    assert_eq!(of(&"word ".repeat(3_000)).len(), 384);
    assert_eq!(of("").len(), 384);
}

#[test]
fn without_its_library_it_says_so_and_works_as_soon_as_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join(catalogue::library().unwrap().file());
    let embedders = Embedders::around(Path::new(""));
    let places = Places { libraries: vec![(library.clone(), true)], ..here() };
    embedders.look_in(places.clone());
    assert_eq!(embedders.trouble(BUNDLED), Some(MeaningTrouble::RuntimeMissing));
    assert_eq!(embedders.get(BUNDLED).err(), Some(MeaningTrouble::RuntimeMissing));

    let whole = here().libraries.into_iter().map(|(path, _)| path).find(|path| path.is_file()).unwrap();
    let bytes = std::fs::read(whole).unwrap();
    std::fs::write(&library, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(embedders.get(BUNDLED).err(), Some(MeaningTrouble::RuntimeBroken));
    assert_eq!(embedders.trouble(BUNDLED), Some(MeaningTrouble::RuntimeBroken));
    std::fs::write(&library, b"no library at all").unwrap();
    embedders.look_in(Places { libraries: vec![(library.clone(), false)], ..places.clone() });
    assert_eq!(embedders.get(BUNDLED).err(), Some(MeaningTrouble::RuntimeBroken));

    std::fs::write(&library, &bytes).unwrap();
    embedders.look_in(places);
    assert!(embedders.get(BUNDLED).is_ok());
    assert_eq!(embedders.trouble(BUNDLED), None);
}

#[test]
fn a_model_that_is_missing_or_damaged_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let embedders = Embedders::around(Path::new(""));
    embedders.look_in(Places { models: vec![folder.path().to_owned()], ..here() });
    assert_eq!(embedders.get(BUNDLED).err(), Some(MeaningTrouble::ModelMissing));
    assert_eq!(embedders.get("no-such-model").err(), Some(MeaningTrouble::ModelMissing));

    let model = catalogue::model(BUNDLED).unwrap();
    let from = folder_of(&here(), model).unwrap();
    std::fs::create_dir(folder.path().join(BUNDLED)).unwrap();
    for path in model.files.paths() {
        std::fs::copy(from.join(path), folder.path().join(BUNDLED).join(path)).unwrap();
    }
    let onnx = folder.path().join(BUNDLED).join(&model.files.onnx);
    let mut bytes = std::fs::read(&onnx).unwrap();
    bytes[20_000_000] ^= 1;
    std::fs::write(&onnx, bytes).unwrap();
    assert_eq!(embedders.get(BUNDLED).err(), Some(MeaningTrouble::ModelBroken));
    std::fs::copy(from.join(&model.files.onnx), &onnx).unwrap();
    assert!(embedders.get(BUNDLED).is_ok());
}
