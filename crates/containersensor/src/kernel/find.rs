//! Which cgroups are containers'.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::Cgroup;

const ID_DIGITS: usize = 64;

/// Containers in pods in slices in a container have some ten levels; what is below is nobody's.
const MAX_DEPTH: usize = 16;

/// Directories looked into at most. Whoever may make cgroups may make very many.
const MAX_DIRECTORIES: usize = 20_000;

/// The links of a directory without subdirectories, in file systems that count them.
const LINKS_OF_A_LEAF: u64 = 2;

/// All containers of a hierarchy, outer ones before those in them; of an id that is there more than once, the outermost.
pub(super) fn walk(root: &Path) -> Vec<Cgroup> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut queue = VecDeque::from([(String::new(), 0)]);
    let mut looked_into = 0;
    while let Some((path, depth)) = queue.pop_front() {
        looked_into += 1;
        if looked_into > MAX_DIRECTORIES {
            tracing::warn!(limit = MAX_DIRECTORIES, "there are more cgroups than are looked at");
            break;
        }
        let parent = path.rsplit('/').next().unwrap_or_default();
        for name in subdirectories(&super::layout::below(root, &path)) {
            let child = format!("{path}/{name}");
            if let Some(id) = container_id(&name, parent)
                && seen.insert(id.to_owned())
            {
                found.push(Cgroup { id: id.to_owned(), path: child.clone() });
            }
            if depth + 1 < MAX_DEPTH && has_subdirectories(&super::layout::below(root, &child)) {
                queue.push_back((child, depth + 1));
            }
        }
    }
    found
}

fn subdirectories(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let directories = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut names: Vec<String> = directories.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// Most cgroups have none, and each has dozens of files that need not be listed to see that.
fn has_subdirectories(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.nlink() != LINKS_OF_A_LEAF)
}

/// The path of a container's cgroup by what `/proc/<pid>/cgroup` says of one of its processes, in the hierarchy of a controller (none:
/// version 2). None if the process is not the container's.
pub(super) fn of_process(table: &[u8], controller: Option<&str>, id: &str) -> Option<String> {
    let path = kerneltext::lines(table).find_map(|line| {
        let mut parts = line.splitn(3, |byte| *byte == b':');
        let (number, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        let is_searched = match controller {
            None => number == b"0" && controllers.is_empty(),
            Some(name) => controllers.split(|byte| *byte == b',').any(|part| part == name.as_bytes()),
        };
        is_searched.then(|| std::str::from_utf8(path).ok())?
    })?;
    // Above the root of our own cgroup namespace nothing can be found by its path.
    if path.split('/').any(|component| component == "..") {
        return None;
    }
    let mut parent = "";
    let mut end = 0;
    for component in path.split('/') {
        end += component.len();
        if container_id(component, parent) == Some(id) {
            return Some(path[..end].to_owned());
        }
        parent = component;
        end += 1;
    }
    None
}

/// The ids of all containers that a cgroup's path leads through, the outermost first.
pub(crate) fn container_ids(path: &str) -> impl Iterator<Item = &str> {
    let mut parent = "";
    path.split('/').filter_map(move |component| {
        let id = container_id(component, parent);
        parent = component;
        id
    })
}

/// The id of the container that a cgroup of this name is for: `<id>`, `docker-<id>.scope`, `libpod-<id>`, `cri-containerd-<id>.scope`, …
///
/// A pod of Podman has an id as well, and so has the process that looks after a container (`conmon`); they are not containers.
fn container_id<'a>(name: &'a str, parent: &str) -> Option<&'a str> {
    let stem = name.strip_suffix(".scope").unwrap_or(name);
    let start = stem.len().checked_sub(ID_DIGITS)?;
    let (prefix, id) = (stem.get(..start)?, stem.get(start..)?);
    let is_id = id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_container = match prefix {
        "" => parent != "libpod_parent",
        _ => prefix.ends_with(['-', ':', '_']) && !prefix.contains("conmon") && !prefix.contains("libpod_pod"),
    };
    (is_id && is_container).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const OTHER: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

    /// Whether a cgroup whose name is this with an id for `{}` is a container's.
    #[track_caller]
    fn check_name(pattern: &str, parent: &str, is_container: bool) {
        let name = pattern.replace("{}", ID);
        assert_eq!(container_id(&name, parent), is_container.then_some(ID), "{pattern} in {parent}");
    }

    #[test]
    fn names() {
        for pattern in [
            "{}",
            "docker-{}.scope",
            "libpod-{}",
            "libpod-{}.scope",
            "libpod-payload-{}",
            "cri-containerd-{}.scope",
            "crio-{}.scope",
            "system.slice:docker:{}",
        ] {
            check_name(pattern, "system.slice", true);
        }
        for pattern in [
            "crio-conmon-{}.scope",
            "libpod-conmon-{}.scope",
            "machine-libpod_pod_{}.slice",
            "machine-libpod_pod_{}",
            "var-lib-docker-containers-{}-shm.mount",
            "{}.service",
            "{}0",
            "0{}",
            "docker-{}.scope.scope",
            "ä{}",
            "",
            "scope",
        ] {
            check_name(pattern, "system.slice", false);
        }
        check_name("{}", "libpod_parent", false);
        check_name("libpod-{}", "libpod_parent", true);
        let uppercase = ID.to_uppercase();
        assert_eq!(container_id(&uppercase, ""), None);
        assert_eq!(container_id(&"ä".repeat(40), ""), None);
    }

    /// The containers of a tree with these directories.
    #[track_caller]
    fn check_walk(directories: &[String], expected: &[(&str, String)]) {
        let root = tempfile::tempdir().unwrap();
        for directory in directories {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        let found = walk(root.path());
        let found: Vec<(&str, String)> = found.iter().map(|cgroup| (&*cgroup.id, cgroup.path.clone())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn trees() {
        check_walk(&[format!("docker/{ID}")], &[(ID, format!("/docker/{ID}"))]);
        let payload = format!("machine.slice/libpod-{ID}.scope/container");
        check_walk(&[payload], &[(ID, format!("/machine.slice/libpod-{ID}.scope"))]);
        // The same name again further in is part of the first.
        check_walk(&[format!("docker/{ID}/system.slice/docker-{ID}.scope")], &[(ID, format!("/docker/{ID}"))]);
        // A container in a container is one of its own.
        let inner = format!("docker/{ID}/docker/{OTHER}");
        check_walk(std::slice::from_ref(&inner), &[(ID, format!("/docker/{ID}")), (OTHER, format!("/{inner}"))]);
        check_walk(
            &[format!("libpod_parent/{OTHER}/libpod-{ID}")],
            &[(ID, format!("/libpod_parent/{OTHER}/libpod-{ID}"))],
        );
        check_walk(&["a/".repeat(MAX_DEPTH) + ID], &[]);
        check_walk(&[], &[]);
    }

    #[track_caller]
    fn check_process(table: &str, controller: Option<&str>, expected: Option<&str>) {
        let table = table.replace("{}", ID).replace("{other}", OTHER);
        let expected = expected.map(|path| path.replace("{}", ID).replace("{other}", OTHER));
        assert_eq!(of_process(table.as_bytes(), controller, ID), expected, "{table}");
    }

    #[test]
    fn processes() {
        check_process("0::/system.slice/docker-{}.scope\n", None, Some("/system.slice/docker-{}.scope"));
        check_process("0::/machine.slice/libpod-{}.scope/container\n", None, Some("/machine.slice/libpod-{}.scope"));
        check_process("4:memory:/docker/{}\n0::/\n", Some("memory"), Some("/docker/{}"));
        check_process("4:memory:/docker/{}\n0::/\n", None, None);
        check_process("2:cpuacct,cpu:/docker/{}\n", Some("cpu"), Some("/docker/{}"));
        check_process("4:memory:/docker/{other}/docker/{}\n", Some("memory"), Some("/docker/{other}/docker/{}"));
        check_process("4:memory:/docker/{other}\n", Some("memory"), None);
        check_process("0::/../{}\n", None, None);
        check_process("0::/docker/{} (deleted)\n", None, None);
        check_process("0::\n", None, None);
        check_process("0\n", None, None);
        check_process("", None, None);
    }
}
