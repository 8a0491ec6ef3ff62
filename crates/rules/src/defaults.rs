//! The rules that are shipped.

use crate::spec::Language;

/// Name, text and language of each file.
pub(crate) const FILES: &[(&str, &str, Language)] = &[
    ("default/host.yml", include_str!("../defaults/host.yml"), Language::PromQl),
    ("default/containers.yml", include_str!("../defaults/containers.yml"), Language::PromQl),
    ("default/menara.yml", include_str!("../defaults/menara.yml"), Language::PromQl),
    ("default/logs.yml", include_str!("../defaults/logs.yml"), Language::LogQl),
];
