//! Lessons: what a person changes in a draft of Epistle's becomes small things that the next draft keeps to. Drawn by rules from what they
//! typed, and from nothing that stands in other people's mail; `draw`, `guard`, `weigh` and `using` are pure, this file reads and writes.

mod draw;
mod forget;
mod guard;
mod letter;
mod limits;
mod page;
mod row;
mod say;
mod swaps;
#[cfg(test)]
mod tests;
mod using;
mod weigh;

use crate::Engine;
use crate::api::{Author, Draft, Finish, LabelId, Lesson, LessonEvidence, LessonState, Message, Person, UnixMillis};
use crate::compose::plain;
use crate::compose::rows::DraftGround;
use crate::error::Result;
use crate::ids::{DraftId, LessonId};
use crate::language;
use crate::store::tables::{DRAFT_GROUNDS, LESSON_EVIDENCE, LESSONS, LESSONS_DRAWN};
use crate::store::{Keep, Read, Write};
use draw::{Drawn, Edit, Observed};
use guard::{Probe, Proof};
use limits::limits;
use row::Known;
pub use row::LessonRow;
pub(crate) use say::words as rule_in_words;
pub use using::{Lessons, Used};
use weigh::{Letter, Weighed};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// How long it is known which version of a draft was learned from.
const DRAWN_DAYS: i64 = 365;
/// The longest piece of a draft that is kept as evidence, in characters.
const SPAN: usize = 300;

impl Engine {
    /// Learns from a letter that the person let go: what they changed in it since Epistle wrote it. To be told once it is queued, or saved as
    /// a file; told again of the same version, it learns nothing more. Gives the lessons that count from this letter on.
    ///
    /// # Errors
    /// `not_found`, `store_broken`.
    pub fn learn_from(&self, draft: DraftId) -> Result<Vec<Lesson>> {
        let letter = self.draft(draft)?;
        if !self.settings()?.memory.learn_lessons {
            return Ok(vec![]);
        }
        let now = crate::now();
        let ground: Option<DraftGround> = self.store().read(self.account())?.get(DRAFT_GROUNDS, draft.as_bytes())?;
        if !self.was_drawn(&letter, now)? && !letter.to.is_empty() {
            let drawn = self.proved(self.drawn(&letter, ground.as_ref())?, &letter)?;
            let language = ground.map(|ground| ground.language).or_else(|| language::of(&letter.body));
            self.take_in(&letter, &drawn, language.as_deref(), now)?;
            self.store().sweep(now)?;
        }
        self.learned_by(draft)
    }

    /// What a letter to these people is to be written with; nothing where the person does not want it.
    pub(crate) fn lessons_for(&self, to: &[Person]) -> Result<Lessons> {
        if !self.settings()?.memory.learn_lessons {
            return Ok(Lessons::default());
        }
        Ok(using::choose(known(&self.store().read(self.account())?)?, to))
    }

    fn was_drawn(&self, letter: &Draft, now: UnixMillis) -> Result<bool> {
        let drawn = self.store().read(self.account())?.get_fresh(LESSONS_DRAWN, letter.id.as_bytes(), now)?;
        Ok(drawn == Some(letter.version))
    }

    /// The lessons that began to count with this letter.
    fn learned_by(&self, draft: DraftId) -> Result<Vec<Lesson>> {
        let mut found = known(&self.store().read(self.account())?)?;
        found.retain(|lesson| lesson.row.began_with(draft));
        Ok(found.into_iter().map(|lesson| lesson.row.told(lesson.id)).collect())
    }

    fn drawn(&self, letter: &Draft, ground: Option<&DraftGround>) -> Result<Drawn> {
        let mut people: Vec<Person> = letter.to.iter().chain(&letter.cc).chain(&letter.bcc).cloned().collect();
        for message in self.conversation(letter)? {
            people.extend(message.from);
        }
        let me = ground.and_then(|ground| ground.me.clone());
        let ours: Vec<&str> = ours(letter).map(|(_, body)| body).collect();
        let mut all = Drawn::default();
        for (written, left) in edits(letter) {
            let others: Vec<&str> = ours.iter().copied().filter(|text| *text != written).collect();
            let (before, after) = (plain::visible(written), plain::visible(left));
            let edit = Edit {
                before: &before,
                after: &after,
                others: &others,
                to: &letter.to,
                people: &people,
                me: me.as_ref(),
            };
            let drawn = draw::draw(&edit);
            all.contrary.extend(drawn.contrary);
            for observed in drawn.observed {
                let about = row::slot(&observed.rule, None);
                all.observed.retain(|earlier| row::slot(&earlier.rule, None) != about);
                all.observed.push(observed);
            }
        }
        Ok(all)
    }

    /// The messages of the conversation that is answered, as far as they are still here.
    fn conversation(&self, letter: &Draft) -> Result<Vec<Message>> {
        match letter.answers.map(|id| self.message(id)) {
            Some(Ok(message)) => Ok(self.thread(message.thread)?.messages),
            _ => Ok(vec![]),
        }
    }

    /// What of it is the person's own.
    fn proved(&self, mut drawn: Drawn, letter: &Draft) -> Result<Drawn> {
        let conversation = self.conversation(letter)?;
        drawn.observed.retain(|observed| match &observed.proof {
            Proof::None => true,
            Proof::Conversation(value) | Proof::AllMail(value) => {
                let probe = Probe::of(value);
                !conversation.iter().any(|message| is_theirs(message, &probe))
            }
        });
        let mut doubted: Vec<(Probe, bool)> =
            drawn.observed.iter().filter_map(in_all_mail).map(|probe| (probe, false)).collect();
        if !doubted.is_empty() {
            self.each_message(&mut |message| {
                for (probe, stands) in doubted.iter_mut().filter(|(_, stands)| !stands) {
                    *stands = is_theirs(&message, probe);
                }
                Ok(())
            })?;
        }
        let theirs: Vec<Probe> = doubted.into_iter().filter(|(_, stands)| *stands).map(|(probe, _)| probe).collect();
        drawn.observed.retain(|observed| in_all_mail(observed).is_none_or(|probe| !theirs.contains(&probe)));
        Ok(drawn)
    }

    fn take_in(&self, letter: &Draft, drawn: &Drawn, language: Option<&str>, now: UnixMillis) -> Result<()> {
        let fresh: Vec<LessonId> = drawn.observed.iter().map(|_| LessonId::random()).collect::<Result<_>>()?;
        let Some(person) = letter.to.first() else { return Ok(()) };
        let place = Letter { draft: letter.id, person, language, now };
        self.store().write(self.account(), Keep::Made, |tx| {
            let was = known_now(tx)?;
            let mut is = was.clone();
            let taken_back = weigh::take_back(&mut is, letter.id);
            let weighed = weigh::weigh(&mut is, drawn, place, &fresh);
            for lesson in is.iter().filter(|lesson| !was.contains(lesson)) {
                tx.put(LESSONS, lesson.id.as_bytes(), &lesson.row)?;
            }
            for lesson in taken_back {
                forget::forget_rows(tx, lesson)?;
            }
            keep_evidence(tx, &weighed, drawn, place)?;
            tx.put_until(LESSONS_DRAWN, letter.id.as_bytes(), &letter.version, now + DRAWN_DAYS * DAY)
        })
    }
}

/// The texts Epistle wrote for a draft, whole, and where each stands among its revisions.
fn ours(letter: &Draft) -> impl Iterator<Item = (usize, &str)> {
    let whole = |at: usize| {
        let revision = letter.revisions.get(at)?;
        let ours = matches!(revision.by, Author::Model { .. }) && revision.finish == Finish::Complete;
        ours.then_some((at, revision.body.as_str()))
    };
    (0..letter.revisions.len()).filter_map(whole)
}

/// What Epistle wrote, and what became of it by the person's hand: until it wrote again, or until the letter was let go.
fn edits(letter: &Draft) -> Vec<(&str, &str)> {
    let ours: Vec<(usize, &str)> = ours(letter).collect();
    let typed_until = |from: usize, to: usize| {
        let typed = letter.revisions.get(from + 1..to)?.iter().rev().find(|revision| revision.by == Author::Person)?;
        Some(typed.body.as_str())
    };
    let after = |n: usize| match ours.get(n + 1) {
        Some((next, _)) => typed_until(ours[n].0, *next),
        None => Some(letter.body.as_str()),
    };
    (0..ours.len()).filter_map(|n| Some((ours[n].1, after(n)?))).collect()
}

fn in_all_mail(observed: &Observed) -> Option<Probe> {
    match &observed.proof {
        Proof::AllMail(value) => Some(Probe::of(value)),
        _ => None,
    }
}

/// Whether somebody else wrote this, in their own mail or quoted in the person's. From alone proves nothing: what came in is not the
/// person's own, whoever it says it is from.
fn is_theirs(message: &Message, probe: &Probe) -> bool {
    let came_in =
        message.labels.iter().any(|label| [LabelId::INBOX, LabelId::SPAM, LabelId::TRASH].contains(&label.as_str()));
    let own = message.mine && !came_in;
    let whole = [message.subject.as_str(), &message.text, &message.signature];
    let names = message.from.as_ref().and_then(|from| from.name.as_deref());
    probe.stands_in(&message.quoted)
        || !own && (whole.iter().any(|text| probe.stands_in(text)) || names.is_some_and(|name| probe.stands_in(name)))
}

/// Every lesson there is.
fn known(read: &Read) -> Result<Vec<Known>> {
    let mut found = Vec::new();
    read.each(LESSONS, &[], |key, row| {
        found.extend(key.try_into().ok().map(|id| Known { id: LessonId(id), row }));
        Ok(true)
    })?;
    Ok(found)
}

fn known_now(tx: &Write<'_>) -> Result<Vec<Known>> {
    let mut found = Vec::new();
    tx.each(LESSONS, &[], |key, row| {
        found.extend(key.try_into().ok().map(|id| Known { id: LessonId(id), row }));
        Ok(true)
    })?;
    Ok(found)
}

/// Evidence stands by its lesson, then by its letter.
fn evidence_key(lesson: LessonId, draft: DraftId) -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(lesson.as_bytes());
    key[16..].copy_from_slice(draft.as_bytes());
    key
}

/// Keeps what led to each lesson, and takes along that of the lessons that went into another.
fn keep_evidence(tx: &mut Write<'_>, weighed: &Weighed, drawn: &Drawn, place: Letter<'_>) -> Result<()> {
    let kept = |at: UnixMillis| at + limits().evidence_days * DAY;
    for (observed, lesson) in drawn.observed.iter().zip(&weighed.of) {
        let Some(lesson) = lesson else { continue };
        let cut = |text: &str| text.chars().take(SPAN).collect::<String>();
        let evidence = LessonEvidence {
            before: cut(&observed.before),
            after: cut(&observed.after),
            at: place.now,
            to: Some(place.person.clone()),
            draft: place.draft,
        };
        tx.put_until(LESSON_EVIDENCE, &evidence_key(*lesson, place.draft), &evidence, kept(place.now))?;
    }
    for (gone, into) in &weighed.gone {
        let mut moved: Vec<LessonEvidence> = Vec::new();
        tx.each(LESSON_EVIDENCE.table(), gone.as_bytes(), |_, evidence| {
            moved.push(evidence);
            Ok(true)
        })?;
        for evidence in moved.iter().filter(|_| into.is_some()) {
            let into = into.unwrap_or(*gone);
            tx.put_until(LESSON_EVIDENCE, &evidence_key(into, evidence.draft), evidence, kept(evidence.at))?;
        }
        forget::forget_rows(tx, *gone)?;
    }
    Ok(())
}

impl LessonRow {
    /// Whether it counts since this letter.
    fn began_with(&self, draft: DraftId) -> bool {
        self.on
            && !self.edited
            && self.state() == LessonState::Learned
            && self.is_just_enough()
            && self.drafts.last() == Some(&draft)
    }
}

/// A lesson that stands in the store, for tests of what is done with one.
#[cfg(test)]
pub(crate) fn plant(engine: &Engine, line: &str) -> LessonId {
    let row = LessonRow {
        kind: crate::api::LessonKind::WayOfDoing,
        rule: crate::api::LessonRule::AddLine { line: line.into() },
        scope: crate::api::LessonScope::Everywhere,
        language: None,
        seen: 2,
        people: vec![],
        drafts: vec![],
        on: true,
        edited: false,
        first: 1,
        last: 1,
    };
    let id = LessonId([9; 16]);
    engine.store().write(engine.account(), Keep::Made, |tx| tx.put(LESSONS, id.as_bytes(), &row)).unwrap();
    id
}
