//! What containers and their lines are called, and the lines that tell what happened to them.

use std::fmt::Write;

use containersensor::{Container, Event, EventKind, Health};
use model::{Labels, LabelsBuilder};

/// The labels of a container's own lines, but for the stream, which each line tells.
pub(super) fn log_labels(container: &Container, host: &str) -> Labels {
    labels("containers", container, host).build()
}

/// The labels of the lines about a container.
pub(super) fn event_labels(container: &Container, host: &str) -> Labels {
    labels("container_events", container, host).build()
}

/// The same names as the metrics bear: `container` is their `name`, `host` their `instance`.
fn labels(job: &str, container: &Container, host: &str) -> LabelsBuilder {
    let mut labels = LabelsBuilder::new();
    for (name, value) in [
        ("job", job),
        ("container", container.display_name()),
        ("image", &container.image),
        ("compose_project", container.compose_project()),
        ("compose_service", container.compose_service()),
        ("host", host),
    ] {
        if !value.is_empty() {
            labels.set(name, value);
        }
    }
    labels
}

/// An event as a line of logfmt.
pub(super) fn event_line(event: &Event) -> String {
    let container = &event.container;
    let (level, name) = told_as(&event.kind, container);
    let mut line = format!("level={level} event={name}");
    // Writing to a String cannot fail.
    match &event.kind {
        EventKind::Exited => {
            if let Some(code) = container.exit_code {
                write!(line, " exit_code={code}").ok();
            }
            if container.oom_killed {
                line.push_str(" oom_killed=true");
            }
        }
        EventKind::Restarting => {
            if let Some(restarts) = container.restarts {
                write!(line, " restarts={restarts}").ok();
            }
            if let Some(code) = container.exit_code {
                write!(line, " exit_code={code}").ok();
            }
            if container.oom_killed {
                line.push_str(" oom_killed=true");
            }
        }
        EventKind::Health(health) => {
            write!(line, " health={}", health.name()).ok();
        }
        EventKind::Renamed { from } => {
            write!(line, " from={from}").ok();
        }
        EventKind::Created
        | EventKind::Started
        | EventKind::Oom
        | EventKind::Paused
        | EventKind::Unpaused
        | EventKind::Removed => {}
    }
    line
}

fn told_as(kind: &EventKind, container: &Container) -> (&'static str, &'static str) {
    match kind {
        EventKind::Created => ("info", "created"),
        EventKind::Started => ("info", "started"),
        EventKind::Exited if container.oom_killed => ("error", "exited"),
        EventKind::Exited => (if container.exit_code.unwrap_or(0) == 0 { "info" } else { "error" }, "exited"),
        EventKind::Oom => ("error", "oom"),
        EventKind::Restarting => ("warn", "restarting"),
        EventKind::Paused => ("info", "paused"),
        EventKind::Unpaused => ("info", "unpaused"),
        EventKind::Health(Health::Unhealthy) => ("warn", "health"),
        EventKind::Health(_) => ("info", "health"),
        EventKind::Renamed { .. } => ("info", "renamed"),
        EventKind::Removed => ("info", "removed"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn events_are_told_in_words_that_queries_can_use() {
        let failed = Container { exit_code: Some(137), oom_killed: true, restarts: Some(3), ..Container::default() };
        let ended = Container { exit_code: Some(0), ..Container::default() };
        for (kind, container, expected) in [
            (EventKind::Started, &ended, "level=info event=started"),
            (EventKind::Exited, &ended, "level=info event=exited exit_code=0"),
            (EventKind::Exited, &failed, "level=error event=exited exit_code=137 oom_killed=true"),
            (EventKind::Restarting, &failed, "level=warn event=restarting restarts=3 exit_code=137 oom_killed=true"),
            (EventKind::Oom, &failed, "level=error event=oom"),
            (EventKind::Health(Health::Unhealthy), &ended, "level=warn event=health health=unhealthy"),
            (EventKind::Health(Health::Healthy), &ended, "level=info event=health health=healthy"),
            (EventKind::Renamed { from: "old".to_owned() }, &ended, "level=info event=renamed from=old"),
        ] {
            let event = Event { time_ns: 0, container: Arc::new(container.clone()), kind };
            assert_eq!(event_line(&event), expected);
        }
    }

    #[test]
    fn lines_are_known_by_what_the_metrics_are_known_by() {
        let mut container =
            Container { id: "0123456789abcdef".repeat(4), image: "nginx:1".to_owned(), ..Container::default() };
        assert_eq!(
            log_labels(&container, "bromo").to_string(),
            r#"{container="0123456789ab", host="bromo", image="nginx:1", job="containers"}"#
        );
        container.name = "web".to_owned();
        container.labels.insert("com.docker.compose.project".to_owned(), "shop".to_owned());
        container.labels.insert("io.podman.compose.service".to_owned(), "front".to_owned());
        assert_eq!(
            event_labels(&container, "bromo").to_string(),
            r#"{compose_project="shop", compose_service="front", container="web", host="bromo", image="nginx:1", job="container_events"}"#
        );
    }
}
