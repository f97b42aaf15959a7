//! `epistle account smtp`: the mail server an account's mail leaves by. The password is read from standard input or asked for, never
//! stands in a command line, and never comes back.

use crate::args::Smtp;
use crate::fail::Failure;
use crate::import::runtime;
use crate::open::{Door, read_secret};
use crate::out::{Out, one_line};
use crate::who;
use epistle_engine::Engine;
use epistle_engine::api::{SmtpAuth, SmtpCheck, SmtpGuess, SmtpOutcome, SmtpSecurity, SmtpSettings, SmtpState};
use epistle_engine::error::ErrorCode;

pub(crate) fn smtp(args: Smtp, door: &Door, out: &mut Out) -> Result<(), Failure> {
    let engine = match &args.which {
        None => door.engine()?,
        Some(given) => {
            let house = door.house()?;
            house.in_account(who::account(&house, given)?.id)?
        }
    };
    let before = engine.smtp_state()?;
    if let Some(settings) = wanted(&args, &before)? {
        engine.set_smtp(settings)?;
    }
    if args.password {
        engine.set_smtp_password(&read_secret("Password of the mail server: ")?)?;
        out.note("kept");
    }
    if args.forget_password {
        engine.forget_smtp_password()?;
        out.note("forgotten");
    }
    if args.check { check(&engine, args.json, out) } else { show(&engine.smtp_state()?, args.json, out) }
}

/// The settings as they are to be; `None` where nothing of them was typed. Nothing typed but `--on` takes what is proposed.
fn wanted(args: &Smtp, before: &SmtpState) -> Result<Option<SmtpSettings>, Failure> {
    let typed = args.host.is_some()
        || args.port.is_some()
        || args.security.is_some()
        || args.user.is_some()
        || args.auth.is_some();
    if !typed && !args.on && !args.off {
        return Ok(None);
    }
    let none_yet = before.settings.host.is_empty() && args.host.is_none() && !args.off;
    let base = match &before.guess {
        Some(guess) if none_yet => guess.settings.clone(),
        None if none_yet && args.on => {
            return Err(Failure::Usage("no server is known for this address: name it with --host".into()));
        }
        _ => before.settings.clone(),
    };
    let security = args.security.unwrap_or(base.security);
    Ok(Some(SmtpSettings {
        enabled: !args.off && (args.on || base.enabled),
        host: args.host.clone().unwrap_or(base.host),
        port: args
            .port
            .or_else(|| args.security.and(args.host.as_ref()).map(|_| usual_port(security)))
            .unwrap_or(base.port),
        security,
        user: args.user.clone().unwrap_or(base.user),
        auth: args.auth.unwrap_or(base.auth),
    }))
}

/// RFC 8314 §7.3.
fn usual_port(security: SmtpSecurity) -> u16 {
    match security {
        SmtpSecurity::Tls => 465,
        SmtpSecurity::Starttls | SmtpSecurity::None => 587,
    }
}

fn show(state: &SmtpState, json: bool, out: &mut Out) -> Result<(), Failure> {
    if json {
        out.json(state);
        return Ok(());
    }
    out.line(&line(state));
    if let Some(guess) = state.guess.as_ref().filter(|guess| guess.settings.host != state.settings.host) {
        out.note(&proposal(guess));
    }
    let app_password = state.guess.as_ref().and_then(|guess| guess.app_password.as_deref());
    match (&state.settings.auth, app_password) {
        (SmtpAuth::Password, Some(page)) if state.settings.enabled && !state.password_set => {
            out.note(&format!("the usual password is refused there: make one for programs at {page}"));
        }
        _ => {}
    }
    Ok(())
}

fn line(state: &SmtpState) -> String {
    let SmtpSettings { enabled, host, port, security, auth, .. } = &state.settings;
    if host.is_empty() {
        return "no mail server is set up".into();
    }
    let security = match security {
        SmtpSecurity::Tls => "TLS",
        SmtpSecurity::Starttls => "STARTTLS",
        SmtpSecurity::None => "no TLS",
    };
    let with = match (auth, state.password_set, state.token) {
        (SmtpAuth::Password, true, _) => "a password is kept",
        (SmtpAuth::Password, false, _) => "no password yet: add --password",
        (SmtpAuth::Oauth, _, true) => "with the account’s sign-in",
        (SmtpAuth::Oauth, _, false) => {
            "the sign-in may not send: epistle account add PROVIDER --for send-mail --again ACCOUNT"
        }
    };
    let user = state.user.as_deref().map_or("nobody: add --user NAME".into(), one_line);
    let used = if *enabled { "mail leaves by" } else { "not used:" };
    format!("{used} {host}, port {port}, {security}, as {user}; {with}")
}

fn proposal(guess: &SmtpGuess) -> String {
    format!("{} takes mail of {} by {}: add --on to use it", guess.name, guess.address, guess.settings.host)
}

fn check(engine: &Engine, json: bool, out: &mut Out) -> Result<(), Failure> {
    let check = runtime()?.block_on(engine.try_smtp())?;
    if json {
        out.json(&check);
    } else {
        out.line(&told(&check));
    }
    if check.outcome == SmtpOutcome::Works { Ok(()) } else { Err(Failure::Told(ErrorCode::SignInUnreachable)) }
}

/// How a try went, in words.
fn told(check: &SmtpCheck) -> String {
    let words = match check.outcome {
        SmtpOutcome::Works => "the server took the sign-in; nothing was sent",
        SmtpOutcome::NotSetUp => "no server is set up, or nobody said which address is theirs: add --host and --user",
        SmtpOutcome::PasswordMissing => "no password is kept for this server: add --password",
        SmtpOutcome::GrantMissing => {
            "the account’s sign-in may not send: epistle account add PROVIDER --for send-mail --again ACCOUNT"
        }
        SmtpOutcome::SignInAgain => "the account must be signed in again, or its provider cannot be reached",
        SmtpOutcome::Unreachable => "the server cannot be reached: check --host and --port",
        SmtpOutcome::NotPrivate => {
            "the connection could not be made private, so nothing was said: check --host and --security"
        }
        SmtpOutcome::NoStarttls => "the server offers no STARTTLS, so nothing was said: try --security tls",
        SmtpOutcome::SignInRefused => "the server refused the sign-in: check --user and --password",
        SmtpOutcome::NoSuchSignIn => "the server takes no sign-in of this kind: try another --auth",
        SmtpOutcome::NotNow => "the server said not now: try again later",
        SmtpOutcome::Refused => "the server refused to talk",
        SmtpOutcome::NoMailServer => "what answers there is no mail server: check --port and --security",
    };
    let said = check.said.as_deref().map(one_line);
    match (&check.code, said) {
        (Some(code), Some(said)) if said.starts_with(code.split(' ').next_back().unwrap_or_default()) => {
            format!("{words} ({} {said})", code.split(' ').next().unwrap_or_default())
        }
        (Some(code), Some(said)) => format!("{words} ({code} {said})"),
        (Some(code), None) => format!("{words} ({code})"),
        _ => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing() -> Smtp {
        Smtp {
            which: None,
            on: false,
            off: false,
            host: None,
            port: None,
            security: None,
            user: None,
            auth: None,
            password: false,
            forget_password: false,
            check: false,
            json: false,
        }
    }

    fn settings(host: &str, enabled: bool) -> SmtpSettings {
        let (security, auth) = (SmtpSecurity::Tls, SmtpAuth::Password);
        SmtpSettings { enabled, host: host.into(), port: 465, security, user: String::new(), auth }
    }

    fn state(host: &str, guessed: Option<&str>) -> SmtpState {
        let guess = guessed.map(|host| SmtpGuess {
            name: "Post".into(),
            address: "ada@post.example".parse().unwrap(),
            settings: settings(host, true),
            app_password: None,
            page: "https://post.example".into(),
        });
        SmtpState { settings: settings(host, false), password_set: false, user: None, guess, token: false }
    }

    #[test]
    fn what_is_typed_is_laid_over_what_is_there_or_proposed() {
        let shown = |args: &Smtp, before: &SmtpState| {
            wanted(args, before).unwrap().map(|set| (set.enabled, set.host, set.port, set.security, set.auth))
        };
        use SmtpAuth::{Oauth, Password};
        use SmtpSecurity::{Starttls, Tls};
        let on = Smtp { on: true, ..nothing() };
        let guessed = state("", Some("smtp.post.example"));
        assert_eq!(shown(&nothing(), &guessed), None, "showing changes nothing");
        assert_eq!(shown(&on, &guessed), Some((true, "smtp.post.example".into(), 465, Tls, Password)));
        assert!(wanted(&on, &state("", None)).is_err(), "nothing is known, and nothing is guessed");
        let own =
            Smtp { on: true, host: Some("mail.example".into()), security: Some(SmtpSecurity::Starttls), ..nothing() };
        assert_eq!(shown(&own, &guessed), Some((true, "mail.example".into(), 587, Starttls, Password)));
        let port = Smtp { port: Some(2525), ..own };
        assert_eq!(shown(&port, &guessed), Some((true, "mail.example".into(), 2525, Starttls, Password)));
        let token = Smtp { auth: Some(SmtpAuth::Oauth), ..nothing() };
        assert_eq!(shown(&token, &state("mail.example", None)), Some((false, "mail.example".into(), 465, Tls, Oauth)));
        let off = Smtp { off: true, ..nothing() };
        assert_eq!(shown(&off, &state("mail.example", None)), Some((false, "mail.example".into(), 465, Tls, Password)));
    }

    #[test]
    fn the_servers_words_are_told_once_and_move_no_cursor() {
        let check = |code: &str, said: &str| {
            told(&SmtpCheck { outcome: SmtpOutcome::SignInRefused, code: Some(code.into()), said: Some(said.into()) })
        };
        assert!(check("535 5.7.8", "5.7.8 no").ends_with("(535 5.7.8 no)"));
        assert!(check("535", "no\u{1b}[2J").ends_with("(535 no [2J)"));
    }
}
