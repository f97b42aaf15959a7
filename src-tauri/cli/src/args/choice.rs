//! One of a closed set of the engine's, typed by the name it has in JSON, with dashes in it.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

/// Reads one of `all`. Help and errors name them.
pub(crate) fn one_of<T>(all: &'static [T]) -> impl TypedValueParser<Value = T>
where
    T: Copy + Serialize + Send + Sync + 'static,
{
    // clap keeps the names for as long as the program runs, and asks for them once.
    let names = all.iter().map(|one| &*typed(one).leak());
    PossibleValuesParser::new(names).try_map(|name| named(all, &name).ok_or("there is none of this name"))
}

/// The one that is called this.
pub(crate) fn named<T: Copy + Serialize>(all: &[T], name: &str) -> Option<T> {
    all.iter().copied().find(|one| typed(one).eq_ignore_ascii_case(name))
}

/// What one is called where it is typed.
pub(crate) fn typed(one: &impl Serialize) -> String {
    let name = serde_json::to_value(one).ok();
    name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().replace('_', "-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use epistle_engine::api::{Colour, TraitKind};

    #[test]
    fn each_is_read_by_the_name_it_has() {
        assert_eq!((typed(&TraitKind::SignOff), typed(&Colour::Moss)), ("sign-off".to_owned(), "moss".to_owned()));
        for kind in TraitKind::ALL {
            assert_eq!(named(&TraitKind::ALL, &typed(&kind).to_uppercase()), Some(kind));
        }
        assert_eq!(named(&TraitKind::ALL, "style"), None);
    }

    #[test]
    fn help_names_them_and_another_name_is_refused() {
        let command = || clap::Command::new("x").arg(clap::Arg::new("colour").value_parser(one_of(&Colour::ALL)));
        let read =
            |text| command().try_get_matches_from(["x", text]).map(|found| *found.get_one::<Colour>("colour").unwrap());
        assert_eq!(read("plum").unwrap(), Colour::Plum);
        let refused = read("pink").unwrap_err().to_string();
        assert!(refused.contains("[possible values: wax, moss, slate, plum, amber, teal]"), "{refused}");
        assert!(command().render_help().to_string().contains("wax, moss"));
    }
}
