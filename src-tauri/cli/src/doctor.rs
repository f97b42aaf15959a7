//! `epistle doctor`: what is set up, what is missing, what to do. It answers even where the store cannot be opened.

use crate::fail::{Failure, hint};
use crate::open::Door;
use crate::out::Out;
use epistle_engine::account;
use epistle_engine::api::{DoctorItem, DoctorReport, DoctorState};
use epistle_engine::error::{Error, ErrorCode};

pub(crate) fn doctor(json: bool, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let (report, trouble) = match door.engine() {
        Ok(engine) => (engine.doctor()?, None),
        Err(Failure::Engine(error)) => (closed(&error), Some(error.code())),
        Err(other) => return Err(other),
    };
    if json {
        out.json(&report)
    } else {
        tell(&report, out)
    }
    let broken = report.items.iter().any(|item| item.state == DoctorState::Broken);
    match trouble {
        Some(code) => Err(Failure::Told(code)),
        None if broken => Err(Failure::Told(ErrorCode::StoreBroken)),
        None => Ok(()),
    }
}

fn closed(error: &Error) -> DoctorReport {
    let todo = hint(error.code()).map(str::to_owned);
    let found = format!("{} ({})", error, error.code().as_str());
    let item = DoctorItem { part: "store".into(), state: DoctorState::Broken, found, todo };
    DoctorReport { home: account::default_home(), items: vec![item] }
}

fn tell(report: &DoctorReport, out: &mut Out) {
    out.line(&format!("{}  {}", out.bold("data folder"), report.home.display()));
    for item in &report.items {
        let mark = match item.state {
            DoctorState::Ok => "✓",
            DoctorState::Missing => "–",
            DoctorState::Broken => "✗",
        };
        out.line(&format!("{mark} {:<12} {}", item.part.replace('_', " "), item.found));
        if let Some(todo) = &item.todo {
            out.line(&out.dim(&format!("               {todo}")));
        }
    }
}
