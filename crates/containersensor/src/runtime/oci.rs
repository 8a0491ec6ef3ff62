//! What is read of an OCI configuration, wherever it stands.

use serde::Deserialize;

/// What concerns Linux.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Linux {
    namespaces: Vec<Namespace>,
}

impl Linux {
    /// The namespace of its network; none if it is in that of the host.
    pub(super) fn network(&self) -> Option<&Namespace> {
        self.namespaces.iter().find(|namespace| namespace.kind == "network")
    }
}

/// A namespace that a container is put into.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Namespace {
    #[serde(rename = "type")]
    kind: String,
    /// Of one that somebody else made.
    pub(super) path: String,
}
