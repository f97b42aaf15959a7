//! Where the runtime's library and the models' folders may lie: packed beside the program, in the data folder, and in the repository where
//! Epistle was built for its makers. It only lists places; nothing is read.

use super::catalogue;
use std::path::{Path, PathBuf};

/// The places, in the order in which they are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// The runtime's library, as a file, and whether it must be the one we know: not the one a person named.
    pub libraries: Vec<(PathBuf, bool)>,
    /// Folders of models, each model's in it under its id.
    pub models: Vec<PathBuf>,
}

impl Places {
    /// What the environment, the program's own place and the data folder offer.
    pub fn around(home: &Path) -> Self {
        let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let beside = std::env::current_exe().map(|exe| beside(&exe)).unwrap_or_default();
        // A library that was named is the one that is meant: no other takes its place.
        let libraries = named("ORT_DYLIB_PATH").map_or_else(|| known(&beside), |path| vec![(path, false)]);
        let mut models: Vec<PathBuf> = named("EPISTLE_MODELS").into_iter().collect();
        models.extend(downloads(home));
        models.extend(beside.iter().map(|folder| folder.join("models")));
        models.extend(repository().map(|root| root.join("engine/data/models")));
        Self { libraries, models }
    }
}

/// Where downloaded models go; `None` where nothing is kept.
pub(crate) fn downloads(home: &Path) -> Option<PathBuf> {
    (!home.as_os_str().is_empty()).then(|| home.join("models"))
}

fn known(beside: &[PathBuf]) -> Vec<(PathBuf, bool)> {
    let Some(library) = catalogue::library() else { return vec![] };
    let packed = beside.iter().map(|folder| folder.join(library.file()));
    let package = "runtime/node_modules/onnxruntime-node/bin/napi-v6";
    let installed = repository().map(|root| root.join(package).join(&library.path));
    packed.chain(installed).map(|path| (path, true)).collect()
}

/// Where the bundler puts what is packed: beside the program, in the bundle of macOS, in the system's folder for it on Linux.
fn beside(exe: &Path) -> Vec<PathBuf> {
    let Some(folder) = exe.parent() else { return vec![] };
    ["resources", "", "../Resources", "../lib/Epistle", "../lib/epistle"]
        .iter()
        .map(|place| folder.join(place))
        .collect()
}

/// The sources this was built from, for those who work on them.
fn repository() -> Option<&'static Path> {
    if cfg!(debug_assertions) { Path::new(env!("CARGO_MANIFEST_DIR")).parent() } else { None }
}
