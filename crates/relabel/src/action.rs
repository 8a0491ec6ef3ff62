//! What a rule does.

use std::fmt;

/// The actions of relabelling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// Sets a label from the groups of a match.
    #[default]
    Replace,
    /// Drops sets that do not match.
    Keep,
    /// Drops sets that match.
    Drop,
    /// Drops sets whose source differs from the target label.
    KeepEqual,
    /// Drops sets whose source equals the target label.
    DropEqual,
    /// Sets a label to a hash of the source, modulo a number.
    HashMod,
    /// Copies labels whose names match to new names.
    LabelMap,
    /// Removes labels whose names match.
    LabelDrop,
    /// Removes labels whose names do not match.
    LabelKeep,
    /// Sets a label to the source in lower case.
    Lowercase,
    /// Sets a label to the source in upper case.
    Uppercase,
}

impl Action {
    const ALL: [Action; 11] = [
        Action::Replace,
        Action::Keep,
        Action::Drop,
        Action::KeepEqual,
        Action::DropEqual,
        Action::HashMod,
        Action::LabelMap,
        Action::LabelDrop,
        Action::LabelKeep,
        Action::Lowercase,
        Action::Uppercase,
    ];

    /// The action of a name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.name().eq_ignore_ascii_case(name))
    }

    /// The name as it is written in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Action::Replace => "replace",
            Action::Keep => "keep",
            Action::Drop => "drop",
            Action::KeepEqual => "keepequal",
            Action::DropEqual => "dropequal",
            Action::HashMod => "hashmod",
            Action::LabelMap => "labelmap",
            Action::LabelDrop => "labeldrop",
            Action::LabelKeep => "labelkeep",
            Action::Lowercase => "lowercase",
            Action::Uppercase => "uppercase",
        }
    }

    /// Whether the action writes or compares one label, which must then be named.
    pub(crate) fn needs_target(self) -> bool {
        !matches!(self, Action::Keep | Action::Drop | Action::LabelMap | Action::LabelDrop | Action::LabelKeep)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
