//! A message handed on: a draft with its text under a block that says whose it is, as Gmail writes it, and with its files.

use super::eml::one_line;
use super::quote;
use crate::Engine;
use crate::account::blocking;
use crate::api::{DraftEdit, Message, Person};
use crate::error::Result;
use crate::ids::{DraftId, MessageId};
use jiff::tz::TimeZone;

impl Engine {
    /// Begins a draft that hands a message on, with the files that came with it; those that are at Gmail still are fetched first.
    ///
    /// # Errors
    /// `not_found`; `bad_input` when its files are more than a letter can carry; those of [`Engine::attachment`]; `store_broken`.
    pub async fn forward(&self, message: MessageId) -> Result<DraftId> {
        let engine = self.clone();
        let told = blocking(move || engine.message(message)).await?;
        let mut files = Vec::new();
        for number in (0..).take(told.attachments.len()) {
            files.push(self.attachment(message, number).await?);
        }
        let engine = self.clone();
        blocking(move || engine.handed_on(&told, &files)).await
    }

    /// The draft, with these files' bytes.
    fn handed_on(&self, told: &Message, files: &[Vec<u8>]) -> Result<DraftId> {
        let edit = DraftEdit {
            subject: Some(subject(&told.subject)),
            body: Some(format!("\n\n{}", block(told, &self.whole_text(told.id)?, &self.zone()?)?)),
            from: self.reply_to(told.id, false).ok().map(|reply| reply.from.address),
            ..DraftEdit::default()
        };
        let id = self.save_draft(&edit)?.id;
        let mut files = told.attachments.iter().zip(files);
        let put = files
            .try_for_each(|(file, bytes)| self.attach(id, &file.name, Some(&file.media_type), bytes, false).map(drop));
        if let Err(error) = put {
            self.delete_draft(id)?; // half of it is none
            return Err(error);
        }
        Ok(id)
    }
}

/// `Fwd: ` before the subject, once.
fn subject(told: &str) -> String {
    let bare = one_line(told);
    let is_forward =
        ["fwd:", "fw:", "wg:"].iter().any(|p| bare.get(..p.len()).is_some_and(|h| h.eq_ignore_ascii_case(p)));
    if is_forward { bare } else { format!("Fwd: {bare}") }
}

fn block(message: &Message, text: &str, zone: &TimeZone) -> Result<String> {
    let named = |person: &Person| match person.name.as_deref().map(one_line).filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} <{}>", person.address),
        None => format!("<{}>", person.address),
    };
    let all = |people: &[Person]| people.iter().map(named).collect::<Vec<_>>().join(", ");
    let date = message.date.map(|date| quote::day_and_time(date, zone)).transpose()?;
    let fields = [
        ("From", all(message.from.as_slice())),
        ("Date", date.unwrap_or_default()),
        ("Subject", one_line(&message.subject)),
        ("To", all(&message.to)),
        ("Cc", all(&message.cc)),
    ];
    let fields = fields.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}: {value}\n"));
    Ok(format!("---------- Forwarded message ---------\n{}\n\n{}\n", fields.collect::<String>(), text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    const MAIL: &str = "From: Dana =?utf-8?q?=C3=96zil?= <dana@example.org>\r\nTo: Mara <mara@example.com>, jo@example.org\r\nCc: kim@example.org\r\n\
        Subject: Plan\r\nDate: Tue, 24 Nov 2026 10:03:00 +0000\r\nMessage-ID: <m1@example.org>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHere it is.\r\n\r\n-- \r\nDana\r\n\
        --b\r\nContent-Type: application/pdf; name=\"=?utf-8?q?Gr=C3=B6=C3=9Fe.pdf?=\"\r\nContent-Disposition: attachment\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcKAP8=\r\n--b--\r\n";

    fn engine() -> (Engine, MessageId) {
        let engine = Engine::in_memory().unwrap();
        let mut settings = engine.settings().unwrap();
        settings.me = ["first@example.com", "mara@example.com"]
            .map(|address| Person { name: None, address: address.parse().unwrap() })
            .to_vec();
        engine.set_settings(settings).unwrap();
        let message = engine.import_eml(MAIL.as_bytes()).unwrap();
        (engine, message)
    }

    #[tokio::test]
    async fn what_came_is_handed_on_whole_with_its_files() {
        let (engine, message) = engine();
        let zone = engine.zone().unwrap();
        let id = engine.forward(message).await.unwrap();
        let draft = engine.draft(id).unwrap();
        let date = quote::day_and_time(1_795_514_580_000, &zone).unwrap();
        assert_eq!(
            draft.body,
            format!(
                "\n\n---------- Forwarded message ---------\nFrom: Dana Özil <dana@example.org>\nDate: {date}\nSubject: Plan\n\
                 To: Mara <mara@example.com>, <jo@example.org>\nCc: <kim@example.org>\n\n\nHere it is.\n\n-- \nDana\n"
            )
        );
        assert_eq!((draft.subject.as_str(), draft.from.unwrap().as_str()), ("Fwd: Plan", "mara@example.com"));
        let told: Vec<_> = draft.files.iter().map(|f| (f.name.as_str(), f.media_type.as_str())).collect();
        assert_eq!(told, [("Größe.pdf", "application/pdf")]);
        let stored = engine.stored_files(id).unwrap();
        assert_eq!(engine.contents(id, &stored).unwrap(), [b"%PDF-1.7\n\0\xff".to_vec()]);
        assert_eq!(engine.forward(MessageId([9; 16])).await.unwrap_err().code(), ErrorCode::NotFound);
    }

    #[test]
    fn a_subject_says_once_that_it_is_handed_on() {
        for (told, expected) in
            [("Plan", "Fwd: Plan"), ("FWD: Plan", "FWD: Plan"), ("Re: Plan", "Fwd: Re: Plan"), ("Wg: Plan", "Wg: Plan")]
        {
            assert_eq!(subject(told), expected);
        }
    }
}
