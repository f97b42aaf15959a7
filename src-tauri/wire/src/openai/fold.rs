//! A stream of chunks folded into text and an end. Pure.

use crate::Usage;
use crate::error::{Error, Kind};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chunk {
    choices: Vec<Choice>,
    usage: Option<Tokens>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Choice {
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy, Debug)]
#[serde(default)]
struct Tokens {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

/// The stream so far.
#[derive(Debug, Default)]
pub struct Fold {
    any_text: bool,
    finish: Option<Result<(), Kind>>,
    usage: Tokens,
}

impl Fold {
    /// Takes one event's data; gives the text to add.
    ///
    /// # Errors
    /// `Unreadable` when it is not a chunk; `Unavailable` when it is the server's error.
    pub fn take(&mut self, data: &str) -> Result<String, Error> {
        if data.trim() == "[DONE]" {
            return Ok(String::new());
        }
        let chunk: Chunk = serde_json::from_str(data).map_err(|_| Error::new(Kind::Unreadable))?;
        if chunk.error.is_some() {
            return Err(Error::new(Kind::Unavailable));
        }
        if let Some(usage) = chunk.usage {
            self.usage = usage;
        }
        let Some(choice) = chunk.choices.into_iter().next() else { return Ok(String::new()) };
        let text = choice.delta.content.unwrap_or_default();
        self.any_text |= !text.trim().is_empty();
        if let Some(reason) = choice.finish_reason {
            self.finish = Some(match reason.as_str() {
                "length" => Err(Kind::TooLong),
                "content_filter" => Err(Kind::Blocked),
                _ => Ok(()),
            });
        }
        Ok(text)
    }

    /// The end of the stream, after `events` events. `[DONE]` alone does not make an answer whole; a finish reason does.
    ///
    /// # Errors
    /// Every end that is not a whole answer.
    pub fn end(self, events: u64) -> Result<Usage, Error> {
        match self.finish {
            _ if events == 0 => Err(Error::new(Kind::Unreadable)),
            Some(Err(kind)) => Err(Error::new(kind)),
            Some(Ok(())) if self.any_text => {
                Ok(Usage { input: self.usage.prompt_tokens, output: self.usage.completion_tokens })
            }
            None if self.any_text => Err(Error::new(Kind::Cut)),
            _ => Err(Error::new(Kind::Empty)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(events: &[&str]) -> (String, Result<Usage, Kind>) {
        let (mut fold, mut text) = (Fold::default(), String::new());
        for event in events {
            match fold.take(event) {
                Ok(more) => text.push_str(&more),
                Err(error) => return (text, Err(error.kind)),
            }
        }
        (text, fold.end(events.len() as u64).map_err(|error| error.kind))
    }

    /// A row of the table: its name, the events that came, the text made of them, and the end.
    type Row<'a> = (&'a str, &'a [&'a str], &'a str, Result<Usage, Kind>);

    #[test]
    fn every_outcome_has_its_end() {
        let a = r#"{"choices":[{"delta":{"role":"assistant","content":"a"},"finish_reason":null}]}"#;
        let stop = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
        let usage = r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"#;
        let length = r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#;
        let filtered = r#"{"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#;
        let counted = Usage { input: Some(3), output: Some(2) };
        let cases: [Row<'_>; 9] = [
            ("whole", &[a, stop, usage, "[DONE]"], "a", Ok(counted)),
            ("without [DONE]", &[a, stop], "a", Ok(Usage::default())),
            ("cut", &[a], "a", Err(Kind::Cut)),
            ("done without a reason", &[a, "[DONE]"], "a", Err(Kind::Cut)),
            ("limit", &[a, length], "a", Err(Kind::TooLong)),
            ("filtered", &[a, filtered], "a", Err(Kind::Blocked)),
            ("empty", &[stop, "[DONE]"], "", Err(Kind::Empty)),
            ("no events", &[], "", Err(Kind::Unreadable)),
            ("an error inside", &[a, r#"{"error":{"message":"m"}}"#], "a", Err(Kind::Unavailable)),
        ];
        for (name, events, text, end) in cases {
            assert_eq!(folded(events), (text.to_owned(), end), "{name}");
        }
    }
}
