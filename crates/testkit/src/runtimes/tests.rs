use std::fs;
use std::path::{Path, PathBuf};

use super::remains::{helpers_of, mounts_below};
use super::{ContainerRuntime, IMAGE};

/// Where cgroups bear a container's id.
fn cgroups_of(id: &str) -> Vec<PathBuf> {
    fn search(dir: &Path, id: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if entry.file_name().to_string_lossy().contains(id) {
                    found.push(entry.path());
                }
                search(&entry.path(), id, found);
            }
        }
    }
    let mut found = Vec::new();
    search(Path::new("/sys/fs/cgroup"), id, &mut found);
    found
}

/// Two runtimes of a kind live side by side with containers of the same name, and leave nothing behind, whatever still runs.
fn check(start: fn() -> Option<ContainerRuntime>) {
    let (Some(one), Some(two)) = (start(), start()) else { return };
    let sleeper = |runtime: &ContainerRuntime| runtime.run("sleeper", &[], &["sleep", "1000"]).expect("it runs");
    let ids = [sleeper(&one), sleeper(&two)];
    for runtime in [&one, &two] {
        assert_eq!(runtime.inspect("sleeper", "{{.State.Status}}").as_deref(), Ok("running"));
        assert_eq!(runtime.inspect("nobody", "{{.State.Status}}").map_err(|e| e.contains("nobody")), Err(true));
        assert_eq!(runtime.inspect("sleeper", "{{.Config.Image}}").map(|image| image.ends_with(IMAGE)), Ok(true));
    }
    two.run("hungry", &["--memory", "16m", "--memory-swap", "16m"], &["tail", "/dev/zero"]).expect("it starts");
    assert_eq!(two.cli(&["wait", "hungry"]).as_deref(), Ok("137"), "the kernel ends it");
    for (runtime, id) in [one, two].into_iter().zip(ids) {
        let dir = runtime.dir.path().to_owned();
        assert!(!cgroups_of(&id).is_empty() && !mounts_below(&dir).is_empty() && !helpers_of(&dir).is_empty());
        drop(runtime);
        assert_eq!((cgroups_of(&id), mounts_below(&dir), helpers_of(&dir)), (vec![], vec![], vec![]));
        assert_eq!(dir.try_exists().ok(), Some(false), "{}", dir.display());
    }
}

#[test]
fn docker_comes_and_goes() {
    check(ContainerRuntime::docker);
}

#[test]
fn podman_comes_and_goes() {
    check(ContainerRuntime::podman);
}
