//! Where Docker and Podman are looked for.

use std::fs;
use std::path::{Path, PathBuf};

use containersensor::{LabelChoice, Settings};

use crate::cli::ServeArgs;

/// The places that the arguments name, else those where the runtimes put themselves.
pub(super) fn settings(args: &ServeArgs) -> Settings {
    let default = Defaults::of(&args.path_rootfs);
    let or = |given: &[PathBuf], defaults: Vec<PathBuf>| if given.is_empty() { defaults } else { given.to_vec() };
    Settings {
        procfs: args.path_procfs.clone(),
        sysfs: args.path_sysfs.clone(),
        rootfs: args.path_rootfs.clone(),
        docker_sockets: or(&args.docker, default.sockets("/var/run/docker.sock", "docker.sock")),
        podman_sockets: or(&args.podman, default.sockets("/run/podman/podman.sock", "podman/podman.sock")),
        docker_roots: or(&args.docker_root, default.directories("/var/lib/docker", ".local/share/docker")),
        podman_roots: or(
            &args.podman_root,
            default.directories("/var/lib/containers/storage", ".local/share/containers/storage"),
        ),
        labels: label_choice(&args.container_labels),
    }
}

/// Reads `--container-labels`.
fn label_choice(text: &str) -> LabelChoice {
    match text {
        "default" => LabelChoice::Default,
        "all" => LabelChoice::All,
        "none" => LabelChoice::None,
        names => LabelChoice::Only(names.split(',').map(|name| name.trim().to_owned()).collect()),
    }
}

/// The path of a socket given as `unix:///run/docker.sock` or as it is.
///
/// # Errors
/// With a text for an address of another kind.
pub(crate) fn socket(text: &str) -> Result<PathBuf, String> {
    match text.split_once("://") {
        None | Some(("unix", "")) if text.is_empty() || text == "unix://" => Err("the path is missing".to_owned()),
        None => Ok(PathBuf::from(text)),
        Some(("unix", path)) => Ok(PathBuf::from(path)),
        Some((scheme, _)) => Err(format!("not built yet: {scheme}:// (only unix:// sockets are read)")),
    }
}

/// Places that are looked at without being told.
struct Defaults<'a> {
    rootfs: &'a Path,
    runtime_dir: Option<PathBuf>,
    home: Option<PathBuf>,
    is_root: bool,
}

impl<'a> Defaults<'a> {
    fn of(rootfs: &'a Path) -> Defaults<'a> {
        let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        Defaults {
            rootfs,
            runtime_dir: variable("XDG_RUNTIME_DIR"),
            home: variable("HOME"),
            is_root: rustix::process::geteuid().is_root(),
        }
    }

    /// The system's socket and those of the users whose runtimes this process may ask.
    fn sockets(&self, system: &str, of_user: &str) -> Vec<PathBuf> {
        self.places(system, of_user, self.runtime_dir.as_deref(), "/run/user")
    }

    /// The system's directory and those of the users whose files this process may read.
    fn directories(&self, system: &str, of_user: &str) -> Vec<PathBuf> {
        self.places(system, of_user, self.home.as_deref(), "/home")
    }

    fn places(&self, system: &str, of_user: &str, own: Option<&Path>, users: &str) -> Vec<PathBuf> {
        let mut places = vec![PathBuf::from(system)];
        if self.rootfs != Path::new("/") {
            // In a container of its own, a place of the host may be mounted under its own name or with the root file system.
            places.push(self.of_host(system));
        }
        if let Some(own) = own.filter(|_| !self.is_root) {
            places.insert(0, own.join(of_user));
        }
        if self.is_root {
            let users = fs::read_dir(self.of_host(users)).into_iter().flatten().flatten();
            let mut found: Vec<PathBuf> = users.map(|user| user.path().join(of_user)).collect();
            found.retain(|place| fs::metadata(place).is_ok());
            found.sort();
            places.append(&mut found);
        }
        places
    }

    fn of_host(&self, path: &str) -> PathBuf {
        self.rootfs.join(path.trim_start_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_unix_sockets() {
        for (text, expected) in [
            ("unix:///run/docker.sock", Ok("/run/docker.sock")),
            ("/run/docker.sock", Ok("/run/docker.sock")),
            ("", Err("the path is missing")),
            ("unix://", Err("the path is missing")),
            ("tcp://10.0.0.1:2375", Err("not built yet: tcp:// (only unix:// sockets are read)")),
        ] {
            assert_eq!(socket(text), expected.map(PathBuf::from).map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn users_have_places_of_their_own() {
        let user = Defaults {
            rootfs: Path::new("/"),
            runtime_dir: Some(PathBuf::from("/run/user/1000")),
            home: Some(PathBuf::from("/home/sari")),
            is_root: false,
        };
        let places = |found: Vec<PathBuf>| found.iter().map(|p| p.display().to_string()).collect::<Vec<_>>();
        assert_eq!(
            places(user.sockets("/run/podman/podman.sock", "podman/podman.sock")),
            ["/run/user/1000/podman/podman.sock", "/run/podman/podman.sock"]
        );
        assert_eq!(
            places(user.directories("/var/lib/docker", ".local/share/docker")),
            ["/home/sari/.local/share/docker", "/var/lib/docker"]
        );
    }

    #[test]
    fn root_reads_the_places_of_all_users() {
        let host = tempfile::tempdir().expect("a directory");
        fs::create_dir_all(host.path().join("home/sari/.local/share/docker")).expect("a directory");
        fs::create_dir_all(host.path().join("home/budi")).expect("a directory");
        let root = Defaults { rootfs: host.path(), runtime_dir: None, home: None, is_root: true };
        assert_eq!(
            root.directories("/var/lib/docker", ".local/share/docker"),
            [
                PathBuf::from("/var/lib/docker"),
                host.path().join("var/lib/docker"),
                host.path().join("home/sari/.local/share/docker")
            ]
        );
    }

    #[test]
    fn labels_are_chosen() {
        for (text, expected) in [
            ("default", LabelChoice::Default),
            ("all", LabelChoice::All),
            ("none", LabelChoice::None),
            ("a.b, c", LabelChoice::Only(vec!["a.b".to_owned(), "c".to_owned()])),
        ] {
            assert_eq!(label_choice(text), expected, "{text}");
        }
    }
}
