//! A stream of answers folded into text and an end. Pure: every outcome the service documents, in one table of cases.

use super::error;
use super::types::{GenerateContentResponse, UsageMetadata};
use crate::Usage;
use crate::error::{Error, Kind};

/// What one event told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// The text to add.
    pub text: String,
}

/// The stream so far.
#[derive(Debug, Default)]
pub struct Fold {
    any_text: bool,
    finish: Option<Finish>,
    usage: UsageMetadata,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finish {
    Whole,
    Bad(Kind),
}

impl Fold {
    /// Takes one event's data.
    ///
    /// # Errors
    /// `Unreadable` when it is not an answer; `Blocked` when the question was refused; the service's own error when the event is one.
    pub fn take(&mut self, data: &str) -> Result<Told, Error> {
        let answer: GenerateContentResponse = serde_json::from_str(data).map_err(|_| Error::new(Kind::Unreadable))?;
        if answer.error.is_some() {
            return Err(error::refusal(200, data.as_bytes()));
        }
        if let Some(usage) = answer.usage_metadata {
            self.usage = usage;
        }
        let blocked = answer.prompt_feedback.and_then(|feedback| feedback.block_reason);
        if blocked.is_some_and(|reason| reason != "BLOCK_REASON_UNSPECIFIED") {
            return Err(Error::new(Kind::Blocked));
        }
        let mut told = Told::default();
        let Some(candidate) = answer.candidates.into_iter().next() else { return Ok(told) };
        for part in candidate.content.unwrap_or_default().parts {
            if !part.thought {
                told.text.push_str(part.text.as_deref().unwrap_or_default());
            }
        }
        self.any_text |= !told.text.trim().is_empty();
        if let Some(reason) = candidate.finish_reason {
            self.finish = finish(&reason).or(self.finish);
        }
        Ok(told)
    }

    /// The end of the stream, after `events` events.
    ///
    /// # Errors
    /// Every end that is not a whole answer.
    pub fn end(self, events: u64) -> Result<Usage, Error> {
        match self.finish {
            _ if events == 0 => Err(Error::new(Kind::Unreadable)),
            Some(Finish::Bad(kind)) => Err(Error::new(kind)),
            Some(Finish::Whole) if self.any_text => Ok(self.usage()),
            Some(Finish::Whole) => Err(Error::new(Kind::Empty)),
            None if self.any_text => Err(Error::new(Kind::Cut)),
            None => Err(Error::new(Kind::Empty)),
        }
    }

    fn usage(&self) -> Usage {
        let UsageMetadata { prompt_token_count, candidates_token_count, thoughts_token_count } = self.usage;
        let output = candidates_token_count.map(|text| text + thoughts_token_count.unwrap_or(0));
        Usage { input: prompt_token_count, output }
    }
}

/// <https://ai.google.dev/api/generate-content#FinishReason>. A reason not known here is an end like any other.
fn finish(reason: &str) -> Option<Finish> {
    Some(match reason {
        "FINISH_REASON_UNSPECIFIED" => return None,
        "MAX_TOKENS" => Finish::Bad(Kind::TooLong),
        "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "IMAGE_SAFETY" => {
            Finish::Bad(Kind::Blocked)
        }
        "OTHER" => Finish::Bad(Kind::Cut),
        _ => Finish::Whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The text told, and the kind of the end.
    fn folded(events: &[&str]) -> (String, Result<Usage, Kind>) {
        let (mut fold, mut text) = (Fold::default(), String::new());
        for event in events {
            match fold.take(event) {
                Ok(told) => text.push_str(&told.text),
                Err(error) => return (text, Err(error.kind)),
            }
        }
        (text, fold.end(events.len() as u64).map_err(|error| error.kind))
    }

    /// A row of the table: its name, the events that came, the text made of them, and the end.
    type Row = (&'static str, Vec<String>, &'static str, Result<Usage, Kind>);

    fn says(text: &str, finish: &str) -> String {
        let finish = if finish.is_empty() { String::new() } else { format!(r#","finishReason":"{finish}""#) };
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{text}"}}],"role":"model"}}{finish},"index":0}}]}}"#
        )
    }

    #[test]
    fn every_outcome_has_its_end() {
        let usage = Usage { input: Some(10), output: Some(7) };
        let with_usage = r#"{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":4,"thoughtsTokenCount":3,"newCount":1}}"#;
        let cases: Vec<Row> = vec![
            ("whole", vec![says("a", ""), says("b", "STOP")], "ab", Ok(Usage::default())),
            ("usage", vec![says("a", ""), with_usage.into()], "a", Ok(usage)),
            ("cut", vec![says("a", "")], "a", Err(Kind::Cut)),
            ("a new reason", vec![says("a", "FUNCTION_CALL")], "a", Ok(Usage::default())),
            ("unspecified is no end", vec![says("a", "FINISH_REASON_UNSPECIFIED")], "a", Err(Kind::Cut)),
            ("limit", vec![says("a", "MAX_TOKENS")], "a", Err(Kind::TooLong)),
            ("safety", vec![says("a", "SAFETY")], "a", Err(Kind::Blocked)),
            ("recitation", vec![says("a", "RECITATION")], "a", Err(Kind::Blocked)),
            ("other", vec![says("a", "OTHER")], "a", Err(Kind::Cut)),
            ("blocked question", vec![r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#.into()], "", Err(Kind::Blocked)),
            ("no candidates", vec![r#"{"candidates":[],"usageMetadata":{}}"#.into()], "", Err(Kind::Empty)),
            ("stop without text", vec![says("", "STOP")], "", Err(Kind::Empty)),
            ("nothing at all", vec![], "", Err(Kind::Unreadable)),
            ("not json", vec!["<html>".into()], "", Err(Kind::Unreadable)),
            ("another shape", vec![r#"{"candidates":"x"}"#.into()], "", Err(Kind::Unreadable)),
            ("thinking is not the answer", vec![r#"{"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"a"}]},"finishReason":"STOP"}]}"#.into()], "a", Ok(Usage::default())),
            ("an error inside", vec![says("a", ""), r#"{"error":{"code":503,"status":"UNAVAILABLE"}}"#.into()], "a", Err(Kind::Unavailable)),
        ];
        for (name, events, text, end) in cases {
            let events: Vec<&str> = events.iter().map(String::as_str).collect();
            assert_eq!(folded(&events), (text.to_owned(), end), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_event_makes_it_fall(events in prop::collection::vec(".{0,80}", 0..4)) {
            let events: Vec<&str> = events.iter().map(String::as_str).collect();
            let _ = folded(&events);
        }
    }
}
