//! A thread of a whole archive answered by Gemini, as aimock plays it: what the preview shows is what the service gets, the text streams,
//! and the draft says where it comes from. The same walk with a model on this machine. The model's text is ours; what it was asked is not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::archive;
use support::cli::{Home, program};
use support::peers::{Aimock, Says};
use support::proxy::Proxy;

const INTENT: &str = "Thank him, the patch from last night builds here, and ask when the release is due";

/// A letter that waits for this writer's answer, and who wrote it.
struct Waiting {
    message: String,
    from: String,
}

/// The whole archive, taken in as one of its writers, who has habits of greeting and signing off.
fn archive_of_a_writer_who_greets() -> Home {
    let home = Home::default();
    let path = archive::path();
    let report = home.epistle(["import".as_ref(), path.as_os_str(), "--json".as_ref()]).done().json();
    assert_eq!((&report["seen"], &report["imported"]), (&archive::MESSAGES.into(), &archive::MESSAGES.into()));
    assert_eq!(report["failed"], serde_json::json!([]));
    let _ = home.epistle(["import", "--me", archive::writer_who_greets()]).done();
    home
}

/// The newest message that waits for an answer.
fn waiting(home: &Home) -> Waiting {
    let threads = home.epistle(["threads", "--limit", "400", "--json"]).done().lines();
    let of_me = |thread: &&Value| thread["awaits_me"] == true;
    for thread in threads.iter().filter(of_me) {
        let shown = home.epistle(["show", thread["id"].as_str().unwrap(), "--json"]).done().lines();
        let last = shown[0]["messages"].as_array().unwrap().last().unwrap().clone();
        let (Some(message), Some(from)) = (last["message_id"].as_str(), last["from"]["address"].as_str()) else {
            continue;
        };
        return Waiting { message: message.to_owned(), from: from.to_owned() };
    }
    panic!("no thread waits for an answer");
}

fn set(home: &Home, name: &str, value: &str) {
    let _ = home.epistle(["settings", "set", name, value]).done();
}

/// What a quoted form of the instructions asks for, as in: Begin with the greeting the user uses here: “Hi Dana,”.
fn asked_for<'a>(instructions: &'a str, before: &str) -> Option<&'a str> {
    instructions.split_once(before)?.1.split_once('“')?.1.split_once('”').map(|(form, _)| form)
}

/// A model that does as the instructions say.
fn obedient(system: &str) -> String {
    let greeting = asked_for(system, "Begin with the greeting").map(|form| format!("{form}\n\n")).unwrap_or_default();
    let sign_off =
        asked_for(system, "End with exactly one sign-off").map(|form| format!("\n\n{form}")).unwrap_or_default();
    let name = system.split_once("and “").and_then(|(_, rest)| rest.split_once("” on the next line"));
    let name = name.map(|(name, _)| format!("\n{name}")).unwrap_or_default();
    format!("{greeting}Thanks, the patch from last night builds here. When is the release due?{sign_off}{name}")
}

#[test]
fn a_thread_of_the_archive_is_answered_by_gemini_with_what_the_preview_showed_and_nothing_else() {
    let home = archive_of_a_writer_who_greets();
    let waiting = waiting(&home);
    let _ = home.epistle_reading(&["key", "set", "gemini"], "a-key-for-nobody").done();
    set(&home, "preview", "always");
    let ask = ["write", "--reply-to", &waiting.message, "--to", &waiting.from, "--intent", INTENT];
    let ask = [&ask[..], &["--model", "gemini/gemini-3.1-flash-lite", "--json"]].concat();

    let preview = home.epistle([&ask[..], &["--preview"]].concat()).done().json();
    let system = preview["system"].as_str().unwrap();
    let text = obedient(system);
    let aimock = Aimock::start(&[Says { pause_ms: 60, ..Says::always(&text) }]);
    let proxy = Proxy::before(&aimock.base, vec![]);
    set(&home, "gemini.base", &proxy.base);

    let refused = home.epistle(&ask);
    assert!(refused.stderr.contains("error[preview_required]"), "{}", refused.stderr);
    assert_eq!(proxy.seen().len(), 0, "nothing leaves before the person has said yes");

    let preview = home.epistle([&ask[..], &["--preview"]].concat()).done().json();
    let digest = preview["digest"].as_str().unwrap();
    let draft = home.epistle([&ask[..], &["--approve", digest]].concat()).done().json();
    let seen = proxy.seen();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].line.contains("gemini-3.1-flash-lite:streamGenerateContent?alt=sse"), "{}", seen[0].line);
    let sent: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!(sent["systemInstruction"]["parts"][0]["text"], preview["system"]);
    assert_eq!(texts(&sent["contents"][0]["parts"]), texts(&preview["parts"]));
    assert_eq!(sent["contents"].as_array().unwrap().len(), 1);

    assert_eq!(draft["body"].as_str().unwrap(), text);
    assert_eq!(draft["model"], "gemini/gemini-3.1-flash-lite");
    let kinds: Vec<_> = draft["sources"].as_array().unwrap().iter().map(|source| source["kind"].clone()).collect();
    assert!(kinds.iter().any(|kind| kind == "thread"), "{kinds:?}");
    assert!(kinds.iter().any(|kind| kind == "to_them" || kind == "to_others"), "{kinds:?}");
    assert!(draft["receipt"]["input_tokens"].as_u64().is_some_and(|tokens| tokens > 100), "{}", draft["receipt"]);
    let habit = |rule: &str| asked_for(system, rule).unwrap_or_else(|| panic!("this writer has a habit: {system}"));
    let (greeting, sign_off) = (habit("Begin with the greeting"), habit("End with exactly one sign-off"));
    offline_too(&home, &waiting, [greeting, sign_off]);
}

/// The offline composer carries the same habits, counted in the same letters, and names its sources as well.
fn offline_too(home: &Home, waiting: &Waiting, [greeting, sign_off]: [&str; 2]) {
    let ask = ["write", "--reply-to", &waiting.message, "--to", &waiting.from, "--intent", INTENT];
    let draft = home.epistle([&ask[..], &["--model", "offline", "--json"]].concat()).done().json();
    let body = draft["body"].as_str().unwrap();
    let lines: Vec<&str> = body.lines().filter(|line| !line.is_empty()).collect();
    assert!(body.contains("When is the release due") || body.contains("when the release is due"), "{body}");
    assert!(lines[0].starts_with(greeting.trim_end_matches(',')), "{greeting}: {body}");
    assert!(lines[lines.len() - 2..].iter().any(|line| line.starts_with(sign_off)), "{sign_off}: {body}");
    assert!(draft["sources"].as_array().is_some_and(|sources| sources.iter().any(|one| one["kind"] == "thread")));
    assert!(draft["checks"].as_array().is_some_and(|checks| checks.iter().any(|one| one["kind"] == "written_offline")));
}

fn texts(parts: &Value) -> Vec<&str> {
    parts.as_array().unwrap().iter().map(|part| part["text"].as_str().unwrap()).collect()
}

#[test]
fn a_letter_streams_to_the_terminal_while_the_model_still_writes() {
    let text =
        "Hi Dana,\n\nFriday suits us well, and I will bring the printed maps along with the samples.\n\nBest,\nMara";
    let aimock = Aimock::start(&[Says { pause_ms: 150, ..Says::always(text) }]);
    let home = Home::default();
    let _ = home.epistle_reading(&["key", "set", "gemini"], "a-key-for-nobody").done();
    set(&home, "gemini.base", &aimock.base);
    set(&home, "preview", "never");

    // `script` gives the program a terminal of its own.
    let line = format!(
        "{} write --to dana@example.com --intent 'yes to Friday' --model gemini-3.1-flash-lite",
        program("epistle-cli").display()
    );
    let mut script: Command = home.command("epistle-cli");
    let env: Vec<_> = script.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
    script = Command::new("script");
    for (name, value) in env {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    script.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = script.spawn().expect("script starts");
    let (mut told, mut piece, mut first) = (Vec::new(), [0; 256], None);
    let mut stdout = child.stdout.take().unwrap();
    while let Ok(n @ 1..) = stdout.read(&mut piece) {
        told.extend_from_slice(&piece[..n]);
        if first.is_none() && String::from_utf8_lossy(&told).contains("Hi Dana") {
            first = Some(Instant::now());
        }
    }
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(child.wait().unwrap().success(), "{told}");
    let ahead = first.expect("the text comes").elapsed();
    assert!(ahead > Duration::from_millis(300), "the first words came {ahead:?} before the end: {told}");
    assert!(told.contains("along with the samples"), "{told}");
}

#[test]
fn a_model_on_this_machine_writes_and_nothing_leaves() {
    let text = "Hi Dana,\n\nFriday suits us well.\n\nBest,\nMara";
    let aimock = Aimock::start(&[Says::always(text)]);
    let proxy = Proxy::before(&aimock.base, vec![]);
    let home = Home::default();
    set(&home, "local_model.base", &format!("{}/v1", proxy.base));
    set(&home, "local_model.model", "qwen3:8b");
    set(&home, "local_model.enabled", "true");
    let ask = ["write", "--to", "dana@example.com", "--intent", "yes to Friday", "--model", "local/qwen3:8b", "--json"];
    let draft = home.epistle(ask).done().json();
    assert_eq!((&draft["body"], &draft["model"]), (&text.into(), &"local/qwen3:8b".into()));
    assert_eq!(draft["receipt"]["sent_to"], Value::Null, "{}", draft["receipt"]);
    let sent: Value = serde_json::from_slice(&proxy.seen()[0].body).unwrap();
    assert_eq!((&sent["model"], &sent["stream"]), (&"qwen3:8b".into(), &true.into()));
    assert!(proxy.seen()[0].line.starts_with("POST /v1/chat/completions"), "{}", proxy.seen()[0].line);
}
