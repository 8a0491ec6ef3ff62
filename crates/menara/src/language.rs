//! The language of messages: as the command line says, else as the environment does.

use clap::ValueEnum;
use notify::Language;

/// A language that messages are written in, as it is named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageLanguage {
    /// English
    En,
    /// Indonesian
    Id,
}

impl From<MessageLanguage> for Language {
    fn from(language: MessageLanguage) -> Language {
        match language {
            MessageLanguage::En => Language::English,
            MessageLanguage::Id => Language::Indonesian,
        }
    }
}

/// What messages are written in. Where the command line does not say it, the locale of this process does.
pub(crate) fn of_messages(asked: Option<MessageLanguage>) -> Language {
    asked.map_or_else(|| of_locale(|name| std::env::var(name).ok()), Language::from)
}

/// The language of the first variable that is set, in the order of POSIX.
fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Language {
    let values = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
    let locale = values.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    match locale.split(['_', '.', '@', '-']).next() {
        Some("id") => Language::Indonesian,
        _ => Language::English,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_the_language() {
        for (set, expected) in [
            (&[][..], Language::English),
            (&[("LANG", "id_ID.UTF-8")], Language::Indonesian),
            (&[("LANG", "id")], Language::Indonesian),
            (&[("LANG", "C.UTF-8")], Language::English),
            (&[("LANG", "idx_ID.UTF-8")], Language::English),
            (&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "id_ID")], Language::Indonesian),
            (&[("LANG", "id_ID"), ("LC_MESSAGES", "id_ID"), ("LC_ALL", "C")], Language::English),
            (&[("LANG", "id_ID"), ("LC_MESSAGES", ""), ("LC_ALL", "")], Language::Indonesian),
            (&[("LANG", "de_DE"), ("LC_TIME", "id_ID")], Language::English),
        ] {
            let variable =
                |name: &str| set.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(of_locale(variable), expected, "{set:?}");
        }
    }

    #[test]
    fn the_command_line_wins() {
        assert_eq!(of_messages(Some(MessageLanguage::Id)), Language::Indonesian);
        assert_eq!(of_messages(Some(MessageLanguage::En)), Language::English);
    }
}
