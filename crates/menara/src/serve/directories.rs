//! Where configuration and data are, and that nobody else uses the data.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::cli::ServeArgs;
use crate::configuration::{ALERTMANAGER_FILE, PROMETHEUS_FILE, PROMTAIL_FILE, RULES_FOLDER};

/// What is said of other files in the configuration directory.
pub(crate) const NOT_READ: &str = "not built yet: this version does not read this file, so it has no effect";

/// The directories of a running Menara; holds the lock on the data.
#[derive(Debug)]
pub(crate) struct Directories {
    pub(crate) config: PathBuf,
    pub(crate) data: PathBuf,
    /// What stands in the configuration directory.
    config_entries: Vec<String>,
    /// Released when the process ends, however it ends.
    _lock: File,
}

impl Directories {
    /// Finds the directories, creates the one for data and locks it.
    pub(crate) fn open(args: &ServeArgs) -> anyhow::Result<Directories> {
        let config = config_folder(args.config_dir.as_deref())?;
        let data =
            choose(args.data_dir.as_deref(), "STATE_DIRECTORY", "/var/lib/menara", "XDG_DATA_HOME", ".local/share")?;
        fs::create_dir_all(&data).with_context(|| format!("cannot create the data directory {}", data.display()))?;
        let lock = lock(&data)?;
        let config_entries = list(&config)?;
        for entry in config_entries.iter().filter(|entry| is_in_vain(entry)) {
            tracing::warn!(path = %config.join(entry).display(), "{NOT_READ}");
        }
        Ok(Directories { config, data, config_entries, _lock: lock })
    }

    /// One line on the configuration.
    pub(crate) fn describe_config(&self) -> String {
        let of = |chosen: fn(&str) -> bool| self.config_entries.iter().filter(move |entry| chosen(entry));
        let (read, unread): (Vec<&String>, Vec<&String>) = (of(is_read).collect(), of(is_in_vain).collect());
        let read = match read.len() {
            0 => "no files, everything has its default".to_owned(),
            _ => read.into_iter().map(|name| &**name).collect::<Vec<_>>().join(", "),
        };
        match unread.len() {
            0 => format!("{} · {read}", self.config.display()),
            n => format!("{} · {read} · {n} files that this version does not read yet", self.config.display()),
        }
    }
}

/// The configuration directory: the argument, or where it is by default.
pub(crate) fn config_folder(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    choose(given, "CONFIGURATION_DIRECTORY", "/etc/menara", "XDG_CONFIG_HOME", ".config")
}

/// Whether this version reads a file of the configuration directory by its name.
fn is_read(name: &str) -> bool {
    [PROMTAIL_FILE, ALERTMANAGER_FILE, PROMETHEUS_FILE, RULES_FOLDER].contains(&name)
}

/// Whether somebody may think of a file of the configuration directory that it is read, which it is not. Templates and secrets are named in
/// files that are.
pub(crate) fn is_in_vain(name: &str) -> bool {
    let is_configuration = [".yml", ".yaml", ".json"].iter().any(|ending| name.ends_with(ending));
    !is_read(name) && (is_configuration || ["dashboards", "provisioning"].contains(&name))
}

/// The argument, else systemd's directory, else the system's as root, else the user's.
fn choose(given: Option<&Path>, systemd: &str, system: &str, xdg: &str, home: &str) -> anyhow::Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(directories) = variable(systemd) {
        // systemd joins several with colons; the first is ours.
        let text = directories.to_string_lossy().into_owned();
        return Ok(PathBuf::from(text.split(':').next().unwrap_or_default()));
    }
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from(system));
    }
    let base = variable(xdg).filter(|dir| dir.is_absolute()).or_else(|| variable("HOME").map(|dir| dir.join(home)));
    match base {
        Some(base) => Ok(base.join("menara")),
        None => bail!("cannot tell where to keep data: HOME is not set; give --data-dir and --config-dir"),
    }
}

fn lock(data: &Path) -> anyhow::Result<File> {
    let path = data.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another Menara is using {}; stop it, or give this one another --data-dir", data.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}

pub(crate) fn list(config: &Path) -> anyhow::Result<Vec<String>> {
    let entries = match fs::read_dir(config) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read the configuration directory {}", config.display()));
        }
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// The name by which this host's series are known.
pub(crate) fn host_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "localhost".to_owned() } else { name }
}
