//! Whether settings can be used: each field checked and tidied, the first bad one named. Pure.

use crate::api::{
    EmbeddingSettings, GeminiSettings, GmailSettings, IdentityProviderSettings, IdentitySettings, LocalModelSettings,
    ModelChoice, Person, Provider, Settings, SmtpSecurity, SmtpSettings,
};
use crate::error::{Error, Result};
use epistle_wire::Base;
use std::collections::HashSet;
use std::net::IpAddr;
use url::Host;

/// The settings as they are to be kept.
pub(super) fn checked(settings: Settings) -> Result<Settings> {
    let calls = settings.calls_per_minute;
    if !(1..=600).contains(&calls) {
        return refuse("calls_per_minute", "from 1 to 600");
    }
    if !(1..=600).contains(&settings.answer_seconds) {
        return refuse("answer_seconds", "from 1 to 600");
    }
    if settings.lock_minutes.is_some_and(|minutes| !(1..=1_440).contains(&minutes)) {
        return refuse("lock_minutes", "from 1 to 1440, or null for never");
    }
    if ![0, 5, 10, 20, 30].contains(&settings.undo_seconds) {
        return refuse("undo_seconds", "0, 5, 10, 20 or 30");
    }
    if settings.gmail.units_per_minute.is_some_and(|units| units < 300) {
        return refuse("gmail.units_per_minute", "300 or more, or null");
    }
    if settings.memory.hot_days == 0 {
        return refuse("memory.hot_days", "1 or more");
    }
    if settings.memory.keep_days.is_some_and(|days| days < 30) {
        return refuse("memory.keep_days", "30 or more, or null to keep all mail");
    }
    Ok(Settings {
        embedding: EmbeddingSettings { hub: base("embedding.hub", &settings.embedding.hub)?, ..settings.embedding },
        gmail: GmailSettings { base: base("gmail.base", &settings.gmail.base)?, ..settings.gmail },
        identity: identity(settings.identity)?,
        keys: super::bindings::checked(settings.keys)?,
        me: me(settings.me)?,
        withhold: unique(settings.withhold),
        model: model(settings.model)?,
        gemini: gemini(settings.gemini)?,
        local_model: local_model(settings.local_model)?,
        smtp: smtp(settings.smtp)?,
        quick_shortcut: shortcut(settings.quick_shortcut.trim())?,
        ..settings
    })
}

fn me(people: Vec<Person>) -> Result<Vec<Person>> {
    let mut known = HashSet::new();
    let mut kept = Vec::new();
    for Person { name, address } in people {
        let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        if name.as_ref().is_some_and(|name| name.chars().count() > 200 || name.chars().any(char::is_control)) {
            return refuse("me", "a name is one line of at most 200 characters");
        }
        if known.insert(address.folded()) {
            kept.push(Person { name, address });
        }
    }
    Ok(kept)
}

fn unique<T: PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut kept = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

fn model(choice: ModelChoice) -> Result<ModelChoice> {
    match choice {
        ModelChoice::Named { model } if model.provider == Provider::Offline => Ok(ModelChoice::Offline),
        ModelChoice::Named { mut model } => {
            model.name = model_name("model", &model.name)?;
            Ok(ModelChoice::Named { model })
        }
        other => Ok(other),
    }
}

fn gemini(set: GeminiSettings) -> Result<GeminiSettings> {
    let version = set.version.trim().to_owned();
    if version.is_empty() || !version.chars().all(|c| c.is_ascii_alphanumeric()) {
        return refuse("gemini.version", "letters and digits, as in v1beta");
    }
    Ok(GeminiSettings {
        enabled: set.enabled,
        base: base("gemini.base", &set.base)?,
        version,
        cheap: model_name("gemini.cheap", &set.cheap)?,
        strong: model_name("gemini.strong", &set.strong)?,
    })
}

fn local_model(set: LocalModelSettings) -> Result<LocalModelSettings> {
    let model = match set.model.trim() {
        "" if set.enabled => return refuse("local_model.model", "name the model to enable it"),
        "" => String::new(),
        name => model_name("local_model.model", name)?,
    };
    Ok(LocalModelSettings { enabled: set.enabled, base: base("local_model.base", &set.base)?, model })
}

/// A mail server: one name, and without TLS only this machine's.
fn smtp(set: SmtpSettings) -> Result<SmtpSettings> {
    let user = set.user.trim().to_owned();
    if user.len() > 320 || user.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return refuse("smtp.user", "one word, as the provider gives it");
    }
    if set.port == 0 {
        return refuse("smtp.port", "from 1 to 65535");
    }
    let host = match set.host.trim() {
        "" if set.enabled => return refuse("smtp.host", "name the server to send by it"),
        "" => String::new(),
        name => host_name(name).map_or_else(|| refuse("smtp.host", "one name, as in smtp.example.com"), Ok)?,
    };
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if set.security == SmtpSecurity::None && !here && !host.is_empty() {
        return refuse("smtp.security", "none is for this machine only: tls or starttls");
    }
    Ok(SmtpSettings { host, user, ..set })
}

/// A host's name as certificates have it, or an address.
fn host_name(text: &str) -> Option<String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(ip.to_string());
    }
    let Ok(Host::Domain(name)) = Host::parse(text) else { return None };
    let label = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    name.split('.').all(label).then_some(name)
}

/// How an identity provider is reached, each field named as `settings set` takes it.
macro_rules! identity_provider {
    ($provider:literal, $set:expr) => {{
        let set = $set;
        IdentityProviderSettings {
            client_id: client_id(concat!("identity.", $provider, ".client_id"), &set.client_id)?,
            redirect_port: match set.redirect_port {
                Some(0) => {
                    return refuse(concat!("identity.", $provider, ".redirect_port"), "from 1 to 65535, or null");
                }
                port => port,
            },
            issuer: issuer(concat!("identity.", $provider, ".issuer"), &set.issuer)?,
            authorization: base(concat!("identity.", $provider, ".authorization"), &set.authorization)?,
            token: base(concat!("identity.", $provider, ".token"), &set.token)?,
            jwks: base_or_none(concat!("identity.", $provider, ".jwks"), &set.jwks)?,
            userinfo: base(concat!("identity.", $provider, ".userinfo"), &set.userinfo)?,
            device: base_or_none(concat!("identity.", $provider, ".device"), &set.device)?,
            revocation: base_or_none(concat!("identity.", $provider, ".revocation"), &set.revocation)?,
        }
    }};
}

fn identity(set: IdentitySettings) -> Result<IdentitySettings> {
    let checked = IdentitySettings {
        google: identity_provider!("google", set.google),
        microsoft: identity_provider!("microsoft", set.microsoft),
        github: identity_provider!("github", set.github),
    };
    // GitHub has no id_token; the other two are known by nothing else.
    for (field, set) in [("identity.google.jwks", &checked.google), ("identity.microsoft.jwks", &checked.microsoft)] {
        if set.jwks.is_empty() || set.issuer.is_empty() {
            return refuse(field, "its keys and its issuer prove who signed in: neither can be empty");
        }
    }
    Ok(checked)
}

/// A client's id: one word of visible ASCII, or nothing.
pub(crate) fn client_id(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.len() > 400 || !text.chars().all(|c| c.is_ascii_graphic()) {
        return refuse(field, "one word, as the provider gives it");
    }
    Ok(text.to_owned())
}

/// An issuer is compared letter by letter (OpenID Connect Core §3.1.3.7), so a slash at its end stays.
fn issuer(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if !text.is_empty() {
        base(field, &text.replace("{tenantid}", "common"))?;
    }
    Ok(text.to_owned())
}

fn base_or_none(field: &'static str, text: &str) -> Result<String> {
    if text.trim().is_empty() { Ok(String::new()) } else { base(field, text) }
}

/// A model's name as it may stand in a path; Gemini lists its models as `models/NAME`.
fn model_name(field: &'static str, name: &str) -> Result<String> {
    let name = name.trim();
    let name = name.strip_prefix("models/").unwrap_or(name);
    let clean = |c: char| c.is_alphanumeric() || "._-:/@+".contains(c);
    if name.is_empty() || name.len() > 200 || name.contains("..") || !name.chars().all(clean) {
        return refuse(field, "a model's name: letters, digits and . _ - : / @ +");
    }
    Ok(name.to_owned())
}

/// An address calls may go to, without a slash at its end.
fn base(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim().trim_end_matches('/');
    Base::parse(text).map(|_| text.to_owned()).or_else(|why| refuse(field, &why.to_string()))
}

/// Empty, or modifiers and one key: `CmdOrCtrl+Shift+E`.
fn shortcut(text: &str) -> Result<String> {
    const MODIFIERS: [&str; 14] = [
        "alt",
        "option",
        "cmd",
        "command",
        "super",
        "meta",
        "ctrl",
        "control",
        "shift",
        "cmdorctrl",
        "cmdorcontrol",
        "commandorctrl",
        "commandorcontrol",
        "altgr",
    ];
    let why = "modifiers and a key, as in CmdOrCtrl+Shift+E, or nothing";
    let parts: Vec<String> = text.split('+').map(|part| part.trim().to_lowercase()).collect();
    let (key, modifiers) = match parts.split_last() {
        _ if text.is_empty() => return Ok(String::new()),
        Some((key, modifiers)) => (key, modifiers),
        None => return refuse("quick_shortcut", why),
    };
    let is_modifier = |part: &String| MODIFIERS.contains(&part.as_str());
    let all_modifiers = modifiers.iter().all(is_modifier) && unique(modifiers.to_vec()).len() == modifiers.len();
    let only_shift = modifiers.iter().all(|part| part == "shift");
    if !all_modifiers || !is_key(key) || (only_shift && !is_function_key(key)) {
        return refuse("quick_shortcut", why);
    }
    Ok(text.to_owned())
}

fn is_key(key: &str) -> bool {
    const NAMED: [&str; 22] = [
        "space",
        "enter",
        "tab",
        "escape",
        "esc",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
        "arrowup",
        "arrowdown",
        "arrowleft",
        "arrowright",
        "comma",
        "period",
    ];
    let mut letters = key.strip_prefix("key").or_else(|| key.strip_prefix("digit")).unwrap_or(key).chars();
    let single = matches!((letters.next(), letters.next()), (Some(c), None) if c.is_ascii_alphanumeric() || ",./;'[]\\-=`".contains(c));
    single || NAMED.contains(&key) || is_function_key(key)
}

fn is_function_key(key: &str) -> bool {
    key.strip_prefix('f').and_then(|number| number.parse::<u8>().ok()).is_some_and(|number| (1..=24).contains(&number))
}

fn refuse<T>(field: &'static str, why: &str) -> Result<T> {
    Err(Error::BadInput { field, why: why.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::defaults;

    fn refused(change: impl FnOnce(&mut Settings)) -> Option<&'static str> {
        let mut settings = defaults().unwrap();
        change(&mut settings);
        match checked(settings) {
            Err(Error::BadInput { field, .. }) => Some(field),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        }
    }

    #[test]
    fn an_address_is_https_or_on_this_machine() {
        for (base, good) in [
            ("https://generativelanguage.googleapis.com/", true),
            ("http://127.0.0.1:8080", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:11434/v1", true),
            ("http://localhost:1234/v1", true),
            ("http://example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://localhost.example.com", false),
            ("https://user:word@example.com", false),
            ("https://example.com/?key=1", false),
            ("file:///etc/passwd", false),
            ("example.com", false),
            ("", false),
        ] {
            assert_eq!(refused(|s| s.gemini.base = base.into()), (!good).then_some("gemini.base"), "{base}");
            assert_eq!(refused(|s| s.local_model.base = base.into()), (!good).then_some("local_model.base"), "{base}");
        }
    }

    #[test]
    fn a_shortcut_is_modifiers_and_one_key() {
        for (text, good) in [
            ("", true),
            ("CmdOrCtrl+Shift+E", true),
            ("Alt+Space", true),
            ("F12", true),
            ("Super+KeyE", true),
            ("E", false),
            ("Shift+E", false),
            ("Ctrl+", false),
            ("Ctrl+Ctrl+E", false),
            ("Ctrl+Hello", false),
            ("E+Ctrl", false),
        ] {
            assert_eq!(refused(|s| s.quick_shortcut = text.into()), (!good).then_some("quick_shortcut"), "{text}");
        }
    }

    #[test]
    fn a_mail_server_is_one_name_and_without_tls_only_this_machine() {
        use SmtpSecurity::{None, Starttls, Tls};
        let table = [
            ("smtp.example.com", Tls, Ok("smtp.example.com")),
            (" SMTP.Example.com ", Starttls, Ok("smtp.example.com")),
            ("bücher.example", Tls, Ok("xn--bcher-kva.example")),
            ("192.0.2.1", Tls, Ok("192.0.2.1")),
            ("localhost", None, Ok("localhost")),
            ("127.0.0.1", None, Ok("127.0.0.1")),
            ("::1", None, Ok("::1")),
            ("smtp.example.com", None, Err("smtp.security")),
            ("localhost.example.com", None, Err("smtp.security")),
            ("https://smtp.example.com", Tls, Err("smtp.host")),
            ("smtp.example.com:587", Tls, Err("smtp.host")),
            ("two words", Tls, Err("smtp.host")),
            ("smtp..example", Tls, Err("smtp.host")),
            ("", Tls, Err("smtp.host")),
        ];
        for (host, security, expected) in table {
            let mut settings = crate::settings::defaults().unwrap();
            settings.smtp = SmtpSettings { enabled: true, host: host.into(), security, ..settings.smtp };
            match (checked(settings), expected) {
                (Ok(settings), expected) => assert_eq!(Ok(settings.smtp.host.as_str()), expected, "{host}"),
                (Err(Error::BadInput { field, .. }), expected) => assert_eq!(Err(field), expected, "{host}"),
                (Err(other), _) => panic!("{host}: {other}"),
            }
        }
        assert_eq!(refused(|s| s.smtp.port = 0), Some("smtp.port"));
        assert_eq!(refused(|s| s.smtp.user = "a b".into()), Some("smtp.user"));
    }

    #[test]
    fn each_bad_field_is_named() {
        assert_eq!(refused(|s| s.calls_per_minute = 601), Some("calls_per_minute"));
        assert_eq!(refused(|s| s.answer_seconds = 0), Some("answer_seconds"));
        assert_eq!(refused(|s| s.gemini.version = "v1/../x".into()), Some("gemini.version"));
        assert_eq!(refused(|s| s.gemini.cheap = String::new()), Some("gemini.cheap"));
        assert_eq!(refused(|s| s.gemini.strong = "a?b".into()), Some("gemini.strong"));
        assert_eq!(refused(|s| s.local_model.enabled = true), Some("local_model.model"));
        let named = Person { name: Some("a\r\nBcc: x".into()), address: "a@example.com".parse().unwrap() };
        assert_eq!(refused(|s| s.me = vec![named]), Some("me"));
    }
}
