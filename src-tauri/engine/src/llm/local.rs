//! The adapter for a model on the user's own machine: a call becomes an OpenAI-style chat completion. One attempt, no decisions.

use super::adapters::{counted, troubled};
use super::{Answer, Call, Llm};
use crate::api::{ModelInfo, ModelRef, Provider};
use crate::error::{ModelTrouble, Result};
use epistle_wire::openai::{ChatRequest, Message, Service, StreamOptions, chat_completions, list_models};
use std::future::Future;
use std::pin::Pin;

/// An OpenAI-style server at one address.
pub(super) struct Local {
    service: Service,
}

impl Local {
    pub(super) fn new(service: Service) -> Self {
        Self { service }
    }
}

impl Llm for Local {
    fn generate<'a>(&'a self, call: &'a Call, more: &'a mut (dyn FnMut(&str) + Send)) -> Answer<'a> {
        Box::pin(async move {
            let usage = chat_completions(&self.service, &request(call), more).await;
            usage.map(counted).map_err(|error| troubled(&call.model.name, &error))
        })
    }

    fn models(&self) -> Pin<Box<dyn Future<Output = Result<Vec<ModelInfo>, ModelTrouble>> + Send + '_>> {
        Box::pin(async move {
            let names = list_models(&self.service).await.map_err(|error| troubled("the local model", &error))?;
            Ok(names.into_iter().map(info).collect())
        })
    }

    fn leaves_to(&self) -> Option<String> {
        (!self.service.base.is_this_machine()).then(|| self.service.base.host())
    }
}

fn request(call: &Call) -> ChatRequest {
    let prompt = call.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n\n");
    ChatRequest {
        model: call.model.name.clone(),
        messages: vec![
            Message { role: "system", content: call.system.clone() },
            Message { role: "user", content: prompt },
        ],
        stream: true,
        stream_options: StreamOptions { include_usage: true },
        max_tokens: call.max_output_tokens,
    }
}

fn info(name: String) -> ModelInfo {
    ModelInfo {
        title: name.clone(),
        input_tokens: None,
        price: None,
        model: ModelRef { provider: Provider::Local, name },
    }
}
