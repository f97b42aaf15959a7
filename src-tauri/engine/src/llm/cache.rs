//! The exact cache: an answer is served again only for the very same call to the very same people. Never for one that is merely alike.

use super::{Call, Usage};
use crate::Engine;
use crate::api::{Person, UnixMillis};
use crate::error::Result;
use crate::ids::ThreadId;
use crate::store::Keep;
use crate::store::tables::LLM_CACHE;
use serde::{Deserialize, Serialize};

/// How long an answer may be served again.
const TTL_MS: i64 = 24 * 60 * 60 * 1000;

/// An answer as the model gave it: private data still withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedAnswer {
    pub(crate) text: String,
    pub(crate) input_tokens: Option<u64>,
    pub(crate) output_tokens: Option<u64>,
}

impl CachedAnswer {
    pub(crate) fn usage(&self) -> Usage {
        Usage { input_tokens: self.input_tokens, output_tokens: self.output_tokens }
    }
}

/// The digest of a call: what a preview shows and an approval is bound to. Every byte of the call counts.
pub(crate) fn digest(call: &Call) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("epistle 2026 call digest v1");
    let mut field = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    field(format!("{:?}", call.model.provider).as_bytes());
    field(call.model.name.as_bytes());
    field(call.system.as_bytes());
    field(&call.max_output_tokens.to_le_bytes());
    for part in &call.parts {
        field(&[u8::from(part.mine)]);
        field(part.source.as_deref().unwrap_or("").as_bytes());
        field(part.text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// The key of an answer: the call, whom the letter goes to and which conversation it belongs to. The account is in every record key.
pub(crate) fn key(digest: &str, recipients: &[Person], thread: Option<ThreadId>) -> String {
    let mut people: Vec<_> = recipients.iter().map(|p| p.address.folded()).collect();
    people.sort();
    people.dedup();
    let mut hasher = blake3::Hasher::new_derive_key("epistle 2026 cache key v1");
    for person in &people {
        hasher.update(&(person.len() as u64).to_le_bytes()).update(person.as_bytes());
    }
    hasher.update(thread.map(|t| t.0).unwrap_or_default().as_slice()).update(digest.as_bytes());
    hasher.finalize().to_hex().to_string()
}

impl Engine {
    /// The kept answer, while it is fresh.
    pub(crate) fn cached(&self, key: &str, now: UnixMillis) -> Result<Option<CachedAnswer>> {
        let hashed = self.store().keyed_hash(self.account(), "llm cache", key.as_bytes())?;
        self.store().read(self.account())?.get_fresh(LLM_CACHE, &hashed, now)
    }

    /// Keeps a whole answer, and lets go of those past their time.
    pub(crate) fn cache(&self, key: &str, text: &str, usage: Usage, now: UnixMillis) -> Result<()> {
        let hashed = self.store().keyed_hash(self.account(), "llm cache", key.as_bytes())?;
        let answer = CachedAnswer {
            text: text.to_owned(),
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
        };
        self.store()
            .write(self.account(), Keep::Again, |tx| tx.put_until(LLM_CACHE, &hashed, &answer, now + TTL_MS))?;
        self.store().sweep(now).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ModelRef, PreviewPart, Provider};

    fn call(text: &str) -> Call {
        Call {
            model: ModelRef { provider: Provider::Gemini, name: "m".into() },
            system: "write".into(),
            parts: vec![PreviewPart { mine: true, source: Some("s1".into()), text: text.into() }],
            max_output_tokens: 100,
        }
    }

    fn person(address: &str) -> Person {
        Person { name: None, address: address.parse().unwrap() }
    }

    #[test]
    fn every_byte_of_a_call_counts() {
        let base = call("Hi");
        let mut others = vec![call("Hi "), call("hi")];
        others.push(Call { system: "write ".into(), ..base.clone() });
        others.push(Call { max_output_tokens: 101, ..base.clone() });
        others.push(Call { model: ModelRef { provider: Provider::Local, name: "m".into() }, ..base.clone() });
        others.push(Call { parts: vec![PreviewPart { mine: false, ..base.parts[0].clone() }], ..base.clone() });
        assert!(others.iter().all(|other| digest(other) != digest(&base)));
        assert_eq!(digest(&base), digest(&call("Hi")));
    }

    #[test]
    fn another_recipient_or_conversation_is_another_key() {
        let (a, b) = (person("a@example.com"), person("b@example.com"));
        let one = key("d", std::slice::from_ref(&a), None);
        assert_eq!(one, key("d", &[person("A@example.com")], None));
        assert_ne!(one, key("d", std::slice::from_ref(&b), None));
        assert_ne!(one, key("d", &[a.clone(), b], None));
        assert_ne!(one, key("d", &[a], Some(ThreadId([1; 16]))));
    }

    #[test]
    fn an_answer_is_served_while_it_is_fresh_and_then_swept() {
        let engine = Engine::in_memory().unwrap();
        engine.cache("k", "text", Usage::default(), 1_000).unwrap();
        assert_eq!(engine.cached("k", 2_000).unwrap().unwrap().text, "text");
        assert_eq!(engine.cached("other", 2_000).unwrap(), None);
        assert_eq!(engine.cached("k", 1_000 + TTL_MS).unwrap(), None);
        engine.cache("k2", "more", Usage::default(), 1_000 + TTL_MS).unwrap();
        assert_eq!(engine.store().sweep(1_000 + TTL_MS).unwrap(), 0, "the cache sweeps as it goes");
        assert_eq!(engine.cached("k2", 1_000 + TTL_MS).unwrap().unwrap().text, "more");
    }
}
