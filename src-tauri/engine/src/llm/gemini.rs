//! The adapter for Google's Gemini: a call becomes `streamGenerateContent`. One attempt, no decisions.

use super::adapters::{counted, troubled};
use super::{Answer, Call, Llm, price};
use crate::api::{ModelInfo, ModelRef, Provider};
use crate::error::{ModelTrouble, Result};
use epistle_wire::gemini::{
    Content, GenerateContentRequest, GenerationConfig, Model, Part, Service, list_models, stream_generate_content,
};
use std::future::Future;
use std::pin::Pin;

/// Thinking counts against the limit of an answer, so room is left for it.
/// <https://ai.google.dev/gemini-api/docs/thinking>
const ROOM_TO_THINK: u32 = 4096;

/// Gemini, at one address with one key.
pub(super) struct Gemini {
    service: Service,
}

impl Gemini {
    pub(super) fn new(service: Service) -> Self {
        Self { service }
    }
}

impl Llm for Gemini {
    fn generate<'a>(&'a self, call: &'a Call, more: &'a mut (dyn FnMut(&str) + Send)) -> Answer<'a> {
        Box::pin(async move {
            let name = call.model.name.trim_start_matches("models/");
            let usage = stream_generate_content(&self.service, name, &request(call), more).await;
            usage.map(counted).map_err(|error| troubled(name, &error))
        })
    }

    fn models(&self) -> Pin<Box<dyn Future<Output = Result<Vec<ModelInfo>, ModelTrouble>> + Send + '_>> {
        Box::pin(async move {
            let listed = list_models(&self.service).await.map_err(|error| troubled("gemini", &error))?;
            let now = crate::now();
            let writes =
                |model: &Model| model.supported_generation_methods.iter().any(|method| method == "generateContent");
            Ok(listed.into_iter().filter(writes).map(|model| info(model, now)).collect())
        })
    }

    /// Always a host: even a stand-in on this machine leads out to somebody's service.
    fn leaves_to(&self) -> Option<String> {
        Some(self.service.base.host())
    }
}

fn request(call: &Call) -> GenerateContentRequest {
    let parts = call.parts.iter().map(|part| Part::text(&part.text)).collect();
    GenerateContentRequest {
        system_instruction: Content { role: None, parts: vec![Part::text(&call.system)] },
        contents: vec![Content { role: Some("user".into()), parts }],
        generation_config: GenerationConfig { max_output_tokens: call.max_output_tokens.saturating_add(ROOM_TO_THINK) },
    }
}

fn info(listed: Model, now: i64) -> ModelInfo {
    let name = listed.name.trim_start_matches("models/").to_owned();
    let title = if listed.display_name.is_empty() { name.clone() } else { listed.display_name };
    let model = ModelRef { provider: Provider::Gemini, name };
    ModelInfo { title, input_tokens: listed.input_token_limit, price: price::of(&model, now), model }
}
