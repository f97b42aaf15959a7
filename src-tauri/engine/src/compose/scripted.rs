//! A model's service that follows a script: a second implementation of [`Llm`], for the tests of the walk.

use crate::api::ModelInfo;
use crate::error::{ModelTrouble, TroubleKind};
use crate::llm::{Answer, Call, Llm, Usage};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone)]
pub(super) enum Step {
    Say(&'static str),
    Wait(u64),
    Hold,
    Fail(TroubleKind, Option<u64>),
}

/// A service that answers each call with the next of its scripts.
pub(super) struct Scripted {
    turns: Mutex<VecDeque<Vec<Step>>>,
    pub(super) asked: Mutex<Vec<Call>>,
    calls: AtomicU32,
    pub(super) go_on: tokio::sync::Notify,
}

impl Scripted {
    pub(super) fn new(turns: Vec<Vec<Step>>) -> Arc<Self> {
        Arc::new(Self {
            turns: Mutex::new(turns.into()),
            asked: Mutex::default(),
            calls: AtomicU32::new(0),
            go_on: tokio::sync::Notify::new(),
        })
    }

    pub(super) fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
}

impl Llm for Scripted {
    fn generate<'a>(&'a self, call: &'a Call, more: &'a mut (dyn FnMut(&str) + Send)) -> Answer<'a> {
        Box::pin(async move {
            self.calls.fetch_add(1, Ordering::SeqCst);
            self.asked.lock().unwrap().push(call.clone());
            let steps = self.turns.lock().unwrap().pop_front().unwrap_or_default();
            for step in steps {
                match step {
                    Step::Say(text) => more(text),
                    Step::Hold => self.go_on.notified().await,
                    Step::Wait(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
                    Step::Fail(kind, retry_after_ms) => {
                        return Err(ModelTrouble { model: call.model.name.clone(), kind, retry_after_ms, draft: None });
                    }
                }
                tokio::task::yield_now().await;
            }
            Ok(Usage { input_tokens: Some(1_000), output_tokens: Some(100) })
        })
    }

    fn models(&self) -> Pin<Box<dyn Future<Output = Result<Vec<ModelInfo>, ModelTrouble>> + Send + '_>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn leaves_to(&self) -> Option<String> {
        Some("model.example.com".into())
    }
}
