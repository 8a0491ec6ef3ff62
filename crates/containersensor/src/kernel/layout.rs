//! Which cgroup hierarchies there are and where.

use std::path::{Path, PathBuf};

/// The hierarchies of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Version 2: one hierarchy with all controllers, alone or beside version 1 that has none of those read here.
    Unified(PathBuf),
    /// Version 1, and the hybrid of both where the controllers are in version 1: a hierarchy per controller or set of controllers.
    Legacy(Legacy),
}

/// Where the hierarchies of version 1 are; none where a controller is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Legacy {
    pub(super) cpu: Option<PathBuf>,
    pub(super) cpuacct: Option<PathBuf>,
    pub(super) memory: Option<PathBuf>,
    pub(super) blkio: Option<PathBuf>,
}

impl Layout {
    /// Looks at what is mounted. The directories' own names are what counts, as mount tables name the paths of another mount namespace.
    pub(super) fn detect(sysfs: &Path) -> Layout {
        let root = sysfs.join("fs/cgroup");
        if root.join("cgroup.controllers").is_file() {
            return Layout::Unified(root);
        }
        let mut names: Vec<String> = std::fs::read_dir(&root)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort_unstable();
        let find = |controller: &str| {
            // Joined controllers (`cpu,cpuacct`) mostly have a link for each; some systems lack it.
            let alone = names.iter().find(|name| *name == controller);
            let joined = || names.iter().find(|name| name.split(',').any(|part| part == controller));
            let path = root.join(alone.or_else(joined)?);
            path.is_dir().then_some(path)
        };
        let legacy =
            Legacy { cpu: find("cpu"), cpuacct: find("cpuacct"), memory: find("memory"), blkio: find("blkio") };
        let unified = root.join("unified");
        if legacy == Legacy::default() && unified.join("cgroup.controllers").is_file() {
            return Layout::Unified(unified);
        }
        Layout::Legacy(legacy)
    }

    /// The hierarchy in which containers are looked for, with the controller that names it in `/proc/<pid>/cgroup` (none with version 2).
    pub(super) fn searched(&self) -> Option<(&Path, Option<&'static str>)> {
        match self {
            Layout::Unified(root) => Some((root, None)),
            Layout::Legacy(legacy) => {
                let hierarchies = [
                    ("memory", &legacy.memory),
                    ("cpuacct", &legacy.cpuacct),
                    ("cpu", &legacy.cpu),
                    ("blkio", &legacy.blkio),
                ];
                hierarchies.into_iter().find_map(|(name, path)| Some((path.as_deref()?, Some(name))))
            }
        }
    }
}

/// The directory of a cgroup in a hierarchy.
pub(super) fn below(root: &Path, cgroup_path: &str) -> PathBuf {
    root.join(cgroup_path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found, as names below `fs/cgroup`, where there are these directories.
    #[track_caller]
    fn check(directories: &[&str], expected: [Option<&str>; 4]) {
        let sysfs = tempfile::tempdir().unwrap();
        let root = sysfs.path().join("fs/cgroup");
        for directory in directories {
            std::fs::create_dir_all(root.join(directory)).unwrap();
        }
        let [cpu, cpuacct, memory, blkio] = expected.map(|name| name.map(|name| root.join(name)));
        let expected = Layout::Legacy(Legacy { cpu, cpuacct, memory, blkio });
        assert_eq!(Layout::detect(sysfs.path()), expected, "{directories:?}");
    }

    #[test]
    fn hierarchies_of_version_1() {
        let separate = ["blkio", "cpu", "cpuacct", "memory", "unified"];
        check(&separate, [Some("cpu"), Some("cpuacct"), Some("memory"), Some("blkio")]);
        check(&["cpu,cpuacct", "memory"], [Some("cpu,cpuacct"), Some("cpu,cpuacct"), Some("memory"), None]);
        check(&["cpuacct,cpu", "cpu"], [Some("cpu"), Some("cpuacct,cpu"), None, None]);
        check(&["cpuset", "memory_recursiveprot"], [None; 4]);
        check(&[], [None; 4]);
    }

    #[test]
    fn version_2() {
        let sysfs = tempfile::tempdir().unwrap();
        let root = sysfs.path().join("fs/cgroup");
        std::fs::create_dir_all(root.join("memory")).unwrap();
        std::fs::File::create(root.join("cgroup.controllers")).unwrap();
        assert_eq!(Layout::detect(sysfs.path()), Layout::Unified(root.clone()));
        assert_eq!(Layout::detect(sysfs.path()).searched(), Some((&*root, None)));
        // Mounted where the hybrid has it, with all controllers.
        let unified = root.join("unified");
        std::fs::rename(root.join("cgroup.controllers"), root.join("pids")).unwrap();
        std::fs::create_dir_all(&unified).unwrap();
        std::fs::File::create(unified.join("cgroup.controllers")).unwrap();
        assert!(matches!(Layout::detect(sysfs.path()), Layout::Legacy(_)), "memory is in version 1");
        std::fs::remove_dir(root.join("memory")).unwrap();
        assert_eq!(Layout::detect(sysfs.path()), Layout::Unified(unified));
    }
}
