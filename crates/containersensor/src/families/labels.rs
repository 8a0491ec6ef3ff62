//! The labels that all samples of a subject bear.

use std::borrow::Cow;

use super::{Exposure, Subject};

/// A name and a value that is not empty.
pub(super) type Label = (Cow<'static, str>, String);

/// The containers' labels that are shown by default, under the names they are shown with: names that need not be made each time.
const USUAL: [(&str, &str); 6] = [
    ("com.docker.compose.project", "container_label_com_docker_compose_project"),
    ("com.docker.compose.service", "container_label_com_docker_compose_service"),
    ("io.podman.compose.project", "container_label_io_podman_compose_project"),
    ("io.podman.compose.service", "container_label_io_podman_compose_service"),
    ("com.docker.swarm.service.name", "container_label_com_docker_swarm_service_name"),
    ("org.opencontainers.image.version", "container_label_org_opencontainers_image_version"),
];

/// The labels of a subject, sorted by name, each name once: of names that become the same the first one stays.
pub(super) fn of(subject: &Subject<'_>, exposure: &Exposure) -> Vec<Label> {
    let mut labels: Vec<Label> = vec![(Cow::Borrowed("id"), subject.cgroup_path.to_owned())];
    if let Some(container) = subject.container {
        labels.push((Cow::Borrowed("image"), container.image.clone()));
        labels.push((Cow::Borrowed("name"), container.name.clone()));
        let chosen = container.labels.iter().filter(|(name, _)| exposure.labels.takes(name));
        labels.extend(chosen.map(|(name, value)| (shown_name(name), value.clone())));
    }
    if let Some(extra) = exposure.extra.get(subject.cgroup_path) {
        labels.extend(extra.iter().map(|(name, value)| (Cow::Owned(valid_name(name)), value.clone())));
    }
    labels.retain(|(_, value)| !value.is_empty());
    // Stable: the first of equal names stays the first.
    labels.sort_by(|a, b| a.0.cmp(&b.0));
    labels.dedup_by(|later, earlier| later.0 == earlier.0);
    labels
}

fn shown_name(name: &str) -> Cow<'static, str> {
    let usual = USUAL.iter().find(|(usual, _)| *usual == name);
    usual.map_or_else(|| Cow::Owned(valid_name(&format!("container_label_{name}"))), |(_, shown)| Cow::Borrowed(*shown))
}

/// The name with `_` for each character that a label's name may not have.
fn valid_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
