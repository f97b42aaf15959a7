//! `epistle lessons`: what was learned from changes to drafts, read, changed and forgotten.

use crate::args::{Lessons, LessonsAction};
use crate::fail::Failure;
use crate::lists::day;
use crate::open::Door;
use crate::out::{Out, one_line};
use crate::people::shown;
use epistle_engine::Engine;
use epistle_engine::api::{Lesson, LessonEdit, LessonScope, LessonShown, LessonState};
use epistle_engine::ids::{DraftId, LessonId};

pub(crate) fn lessons(args: Lessons, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = door.engine()?;
    match args.action.unwrap_or(LessonsAction::List) {
        LessonsAction::List => list(&engine.lessons()?, args.json, out),
        LessonsAction::Show { id } => show(&engine.lesson(id.parse::<LessonId>()?)?, args.json, out),
        LessonsAction::Edit { id, text, reach } => {
            let edit = LessonEdit { text, reach };
            one(&engine.edit_lesson(id.parse::<LessonId>()?, &edit)?, args.json, out);
        }
        LessonsAction::Forget { id } if id == "all" => {
            out.note(&format!("forgotten: {}", engine.forget_all_lessons()?));
        }
        LessonsAction::Forget { id } => {
            engine.forget_lesson(id.parse::<LessonId>()?)?;
            out.note("forgotten");
        }
        LessonsAction::Off { id } => one(&engine.switch_lesson(id.parse::<LessonId>()?, false)?, args.json, out),
        LessonsAction::On { id } => one(&engine.switch_lesson(id.parse::<LessonId>()?, true)?, args.json, out),
    }
    Ok(())
}

/// Learns from a letter that was let go, and says what. That nothing could be learned keeps no letter back.
pub(crate) fn learn(engine: &Engine, draft: DraftId, out: &mut Out) {
    for lesson in engine.learn_from(draft).unwrap_or_default() {
        out.note(&format!("learned, for {}: {}", scope(&lesson.scope), one_line(&lesson.words)));
    }
}

fn list(lessons: &[Lesson], json: bool, out: &mut Out) {
    if lessons.is_empty() {
        out.note("nothing was learned yet: change a draft before you send it");
    }
    lessons.iter().for_each(|lesson| one(lesson, json, out));
}

fn one(lesson: &Lesson, json: bool, out: &mut Out) {
    if json {
        return out.json(lesson);
    }
    let state = match (lesson.on, lesson.state) {
        (false, _) => "  (off)",
        (true, LessonState::SeenOnce) => "  (not seen often enough yet)",
        (true, LessonState::Learned) => "",
    };
    let words = out.bold(&one_line(&lesson.words));
    out.line(&format!("{}  {words}  {}{state}", day(Some(lesson.last)), scope(&lesson.scope)));
    out.line(&out.dim(&format!("            {}", lesson.id)));
}

fn show(shown: &LessonShown, json: bool, out: &mut Out) {
    if json {
        return out.json(shown);
    }
    one(&shown.lesson, false, out);
    for change in &shown.evidence {
        let (before, after) = (one_line(&change.before), one_line(&change.after));
        out.line(&format!("  {}  “{before}” → “{after}”", day(Some(change.at))));
    }
}

fn scope(scope: &LessonScope) -> String {
    match scope {
        LessonScope::Person { person } => one_line(&shown(person)),
        LessonScope::Domain { domain } => one_line(domain),
        LessonScope::Everywhere => "all letters".to_owned(),
    }
}
