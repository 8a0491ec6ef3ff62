//! How watching containers goes.

use containersensor::{Registry, SourceState};
use exposition::Family;
use model::MetricKind;

use super::counter;

/// Which runtimes tell, and events that found nobody to take them.
pub(super) fn families(registry: &Registry) -> Vec<Family> {
    let mut sources = Family::new(
        "menara_container_source_up",
        "Whether a container runtime tells of its containers: by its socket or by its files.",
        MetricKind::Gauge,
    );
    for source in registry.sources() {
        let up = matches!(source.state, SourceState::Connected | SourceState::Files);
        let labels = vec![
            ("runtime".into(), source.runtime.name().to_owned()),
            ("place".into(), source.place.to_string_lossy().into_owned()),
        ];
        sources.push(labels, if up { 1.0 } else { 0.0 });
    }
    let dropped = counter(
        "menara_container_events_dropped_total",
        "Events of containers that were lost because they could not be stored in time.",
        registry.dropped_events() as f64,
    );
    let mut families = vec![dropped];
    families.extend((!sources.samples.is_empty()).then_some(sources));
    families
}
