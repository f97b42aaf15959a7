//! The embedding models a person can choose: which are here, what another would cost, bringing it, and choosing it. Nothing is downloaded
//! that nobody asked for.

use crate::Engine;
use crate::api::{DownloadProgress, EmbeddingModel, ModelOffer};
use crate::error::{Error, ModelTrouble, Result, TroubleKind};
use crate::llm::troubled;
use crate::memory::embed::catalogue::{self, Model};
use crate::memory::embed::places::downloads;
use crate::memory::embed::{SUMS, sum_of};
use epistle_wire::hub::{Failure, RemoteFile, Revision, Service, part_of};
use epistle_wire::{Base, Patience};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// After how long each time a cut download goes on; any byte that came begins the count again.
const AGAIN: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(15)];

impl Engine {
    /// The embedding models there are, the one that comes with Epistle first.
    ///
    /// # Errors
    /// `store_broken`.
    pub fn embedding_models(&self) -> Result<Vec<EmbeddingModel>> {
        let chosen = self.settings()?.embedding.model;
        Ok(catalogue::models().iter().map(|model| self.shown(model, &chosen)).collect())
    }

    /// What a download of a model would bring. Asks the hub in the settings.
    ///
    /// # Errors
    /// `not_found`; `bad_input` for one that comes with Epistle; a model error where the hub is not to be had.
    pub async fn model_offer(&self, id: &str) -> Result<ModelOffer> {
        let model = downloadable(id)?;
        let files = self.listed(model).await?;
        let folder = self.folder(model)?;
        let have = files.iter().map(|file| had(&folder, file)).sum();
        let bytes = files.iter().map(|file| file.size).sum();
        let mut shown = self.shown(model, &self.settings()?.embedding.model);
        shown.download_bytes = if shown.here { 0 } else { bytes - have };
        Ok(ModelOffer { model: shown, bytes, have })
    }

    /// Brings a model's files into the data folder, going on where an earlier download ended, and checks each by its sum.
    ///
    /// # Errors
    /// As [`Engine::model_offer`]; `cancelled`; `io`. What came stays for the next time.
    pub async fn download_model(
        &self,
        id: &str,
        progress: &mut (dyn FnMut(DownloadProgress) + Send),
        stop: &CancellationToken,
    ) -> Result<()> {
        let model = downloadable(id)?;
        if self.house.embedders.is_here(model) {
            return Ok(());
        }
        tokio::select! {
            done = self.download(model, progress) => done,
            () = stop.cancelled() => Err(Error::Cancelled),
        }
    }

    async fn download(&self, model: &'static Model, progress: &mut (dyn FnMut(DownloadProgress) + Send)) -> Result<()> {
        let files = self.listed(model).await?;
        let (service, folder) = (self.hub()?, self.folder(model)?);
        let total = files.iter().map(|file| file.size).sum();
        let mut before = 0;
        for file in &files {
            let to = folder.join(&file.path);
            let mut told = |here: u64| progress(DownloadProgress { done: before + here, total });
            if had(&folder, file) < file.size || !to.is_file() {
                patiently(&service, model, file, &to, &mut told).await?;
            }
            before += file.size;
            progress(DownloadProgress { done: before, total });
        }
        let work = move |_: &Self| keep_sums(&folder, model);
        self.off_thread(work).await
    }

    /// Chooses a model that is here; it reads the mail again beside the one before, which answers until then.
    ///
    /// # Errors
    /// `not_found`; `bad_input` where it is still to be downloaded; `store_broken`.
    pub fn use_model(&self, id: &str) -> Result<()> {
        let model = catalogue::model(id).ok_or_else(|| Error::not_found("embedding model", id))?;
        if !self.house.embedders.is_here(model) {
            return Err(Error::BadInput { field: "model", why: format!("{id} is still to be downloaded") });
        }
        let mut settings = self.settings()?;
        settings.embedding.model = id.to_owned();
        self.set_settings(settings).map(drop)
    }

    fn shown(&self, model: &Model, chosen: &str) -> EmbeddingModel {
        let here = self.house.embedders.is_here(model);
        EmbeddingModel {
            id: model.id.clone(),
            name: model.name.clone(),
            about: model.about.clone(),
            license: model.license.clone(),
            source: model.source.clone(),
            here,
            chosen: model.id == chosen,
            download_bytes: if here { 0 } else { u64::from(model.download_mb) * 1_000_000 },
            memory_bytes: u64::from(model.memory_mb) * 1_000_000,
        }
    }

    fn hub(&self) -> Result<Service> {
        let patience = Patience { first_byte: Duration::from_secs(30), between: Duration::from_secs(30) };
        let client = self.desk.llm.line.client(patience)?;
        let base = Base::parse(&self.settings()?.embedding.hub);
        let base = base.map_err(|e| Error::BadInput { field: "embedding.hub", why: e.to_string() })?;
        Ok(Service { client, base })
    }

    fn folder(&self, model: &Model) -> Result<PathBuf> {
        let base = downloads(self.home());
        let none = || Error::BadInput { field: "model", why: "there is no data folder to keep it in".into() };
        Ok(base.ok_or_else(none)?.join(&model.id))
    }

    /// The model's files as the hub has them.
    async fn listed(&self, model: &Model) -> Result<Vec<RemoteFile>> {
        let mut all = self.hub()?.list_files(revision(model)).await.map_err(|e| troubled(&model.id, &e))?;
        all.retain(|file| model.files.paths().contains(&file.path.as_str()));
        let every = model.files.paths().iter().all(|path| all.iter().any(|file| file.path == *path));
        if every { Ok(all) } else { Err(trouble(model, TroubleKind::UnknownModel).into()) }
    }
}

fn downloadable(id: &str) -> Result<&'static Model> {
    let model = catalogue::model(id).ok_or_else(|| Error::not_found("embedding model", id))?;
    if model.bundled {
        return Err(Error::BadInput { field: "model", why: format!("{id} comes with Epistle") });
    }
    Ok(model)
}

fn revision(model: &Model) -> Revision<'_> {
    Revision { repository: &model.repository, revision: &model.revision }
}

fn trouble(model: &Model, kind: TroubleKind) -> ModelTrouble {
    ModelTrouble { model: model.id.clone(), kind, retry_after_ms: None, draft: None }
}

/// How much of a file is here: the whole, or what an earlier download left.
fn had(folder: &Path, file: &RemoteFile) -> u64 {
    let to = folder.join(&file.path);
    let length = |path: &Path| std::fs::metadata(path).ok().map(|found| found.len());
    length(&to).filter(|length| *length == file.size).or_else(|| length(&part_of(&to))).unwrap_or(0).min(file.size)
}

/// One file, tried again where the way to the hub failed.
async fn patiently(
    service: &Service,
    model: &Model,
    file: &RemoteFile,
    to: &Path,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<()> {
    let (mut failed, mut most) = (0, 0);
    loop {
        let mut came = most;
        let mut told = |here: u64| {
            came = came.max(here);
            progress(here);
        };
        match service.fetch(revision(model), file, to, &mut told).await {
            Ok(()) => return Ok(()),
            Err(failure) if failure.is_transient() && failed < AGAIN.len() => {
                failed = if came > most { 0 } else { failed };
                most = came;
                tokio::time::sleep(AGAIN[failed]).await;
                failed += 1;
            }
            Err(Failure::Hub(error)) => return Err(troubled(&model.id, &error).into()),
            Err(Failure::WrongSum) => return Err(trouble(model, TroubleKind::Unreadable).into()),
            Err(Failure::Disk(error)) => return Err(Error::io("write", to, error)),
        }
    }
}

/// Notes what the files are now, last of all: the model counts as here from then on, and damage that comes later is seen.
fn keep_sums(folder: &Path, model: &Model) -> Result<()> {
    let mut sums = BTreeMap::new();
    for path in model.files.paths() {
        let file = folder.join(path);
        sums.insert(path, sum_of(&file).map_err(|e| Error::io("read", &file, e))?);
    }
    let (list, part) = (folder.join(SUMS), part_of(&folder.join(SUMS)));
    let text = serde_json::to_vec(&sums).map_err(|e| Error::internal("writing a model's sums", e))?;
    std::fs::write(&part, text).map_err(|e| Error::io("write", &part, e))?;
    std::fs::rename(&part, &list).map_err(|e| Error::io("write", &list, e))
}
