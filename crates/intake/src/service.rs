//! Which service a stream belongs to.

use crate::{SERVICE_NAME, pairs};

/// The labels that tell it, the first that a stream has.
const NAMES: [&str; 13] = [
    "service",
    "app",
    "application",
    "app_name",
    "name",
    "app_kubernetes_io_name",
    "container",
    "container_name",
    "k8s_container_name",
    "component",
    "workload",
    "job",
    "k8s_job_name",
];
/// The value when no label tells it.
const UNKNOWN: &str = "unknown_service";
/// Streams with this label are counted by Loki itself and are left as they are.
const AGGREGATED_METRIC: &str = "__aggregated_metric__";

/// The value of `service_name` to add to a stream; `None` where it has one or gets none. Labels are in canonical encoding.
pub(crate) fn service_name(labels: &[u8]) -> Option<&str> {
    let mut found = (NAMES.len(), UNKNOWN);
    for (name, value) in pairs::pairs(labels) {
        if name == SERVICE_NAME || name == AGGREGATED_METRIC {
            return None;
        }
        if let Some(rank) = NAMES.iter().position(|candidate| *candidate == name)
            && rank < found.0
        {
            found = (rank, value);
        }
    }
    Some(found.1)
}

/// Whether a stream is one that Loki itself counted.
pub(crate) fn is_aggregated(labels: &[u8]) -> bool {
    pairs::get(labels, AGGREGATED_METRIC).is_some()
}

#[cfg(test)]
mod tests {
    use model::Labels;

    use super::*;

    #[test]
    fn the_first_label_of_the_list_tells_it() {
        for (labels, expected) in [
            (vec![], Some("unknown_service")),
            (vec![("foo", "bar")], Some("unknown_service")),
            (vec![("job", "j"), ("container", "c")], Some("c")),
            (vec![("job", "j"), ("service", "s"), ("app", "a")], Some("s")),
            (vec![("k8s_job_name", "k")], Some("k")),
            (vec![("service_name", "own"), ("job", "j")], None),
            (vec![("__aggregated_metric__", "x"), ("job", "j")], None),
        ] {
            assert_eq!(service_name(Labels::from_pairs(labels.clone()).as_bytes()), expected, "{labels:?}");
        }
    }
}
