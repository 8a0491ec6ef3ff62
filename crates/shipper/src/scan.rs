//! Looking for files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::containers::{Containers, Stay};
use crate::identity::{FileKey, Stat};
use crate::settings::Settings;
use crate::text;

/// Files that one look takes up; the rest is named in the status.
const MAX_FILES: usize = 20_000;

/// A file that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) path: PathBuf,
    pub(crate) stat: Stat,
    pub(crate) by: By,
    /// The how-many-th target it is that wants this file; 0 for a container.
    pub(crate) lane: u16,
}

/// Who wants a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The target of this number.
    Target(usize),
    /// The container whose log it is.
    Container,
}

/// What a look found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Each file once per lane; under the first of its names that is not a rotated one.
    pub(crate) candidates: Vec<Candidate>,
    /// Directories that were listed.
    pub(crate) dirs: BTreeSet<PathBuf>,
    /// What could not be looked at.
    pub(crate) failed: Vec<(PathBuf, String)>,
}

/// Looks for everything that targets and containers want. `own` are files that this program writes, `own_dir` the directory of its data.
pub(crate) fn scan(
    settings: &Settings,
    containers: &mut Containers,
    own: &BTreeSet<FileKey>,
    own_dir: Option<&Path>,
) -> Found {
    let mut found = Found::default();
    let mut lanes: BTreeMap<FileKey, u16> = BTreeMap::new();
    for (index, target) in settings.targets.iter().enumerate() {
        let mut paths = Vec::new();
        let (dirs, failed) = (&mut found.dirs, &mut found.failed);
        target.pattern.walk(
            &mut |path| paths.push(path),
            &mut |dir| {
                dirs.insert(dir.to_owned());
            },
            &mut |path, error| failed.push((path.to_owned(), error.to_string())),
        );
        paths.sort_by_cached_key(|path| (looks_rotated(path), path.clone()));
        paths.dedup();
        let mut taken = BTreeSet::new();
        for path in paths {
            if target.exclude.as_ref().is_some_and(|exclude| exclude.matches(&path)) {
                continue;
            }
            let stat = match stat(&path) {
                Ok(Some(stat)) => stat,
                Ok(None) => continue,
                Err(error) => {
                    failed.push((path, error.to_string()));
                    continue;
                }
            };
            if own.contains(&stat.key) || own_dir.is_some_and(|dir| is_below(&path, dir)) || !taken.insert(stat.key) {
                continue;
            }
            if found.candidates.len() >= MAX_FILES {
                failed.push((path, format!("more than {MAX_FILES} files; narrow the patterns")));
                break;
            }
            let lane = lanes.entry(stat.key).and_modify(|lane| *lane += 1).or_insert(0);
            found.candidates.push(Candidate { path, stat, by: By::Target(index), lane: *lane });
        }
    }
    let mut taken: BTreeMap<FileKey, String> = BTreeMap::new();
    for candidate in &found.candidates {
        let By::Target(index) = candidate.by else { continue };
        let job = settings.targets.get(index).map_or("", |target| &target.job);
        taken.entry(candidate.stat.key).or_insert_with(|| format!("shipped as the job {job} of the settings says"));
    }
    find_logs(containers, &mut taken, &mut found);
    found
}

/// Finds the logs of containers. One that is shipped already gives way.
fn find_logs(containers: &mut Containers, taken: &mut BTreeMap<FileKey, String>, found: &mut Found) {
    for (path, container) in containers.iter_mut().filter(|(_, container)| container.stay != Stay::Leaving) {
        // The directory tells when a file appears, or is rotated.
        found.dirs.extend(path.parent().map(Path::to_owned));
        let stat = match stat(path) {
            Ok(Some(stat)) => stat,
            Ok(None) => continue,
            Err(error) => {
                found.failed.push((path.clone(), error.to_string()));
                continue;
            }
        };
        container.gives_way = taken.get(&stat.key).cloned();
        container.is_taken = container.gives_way.is_none();
        if container.is_taken {
            taken.insert(stat.key, format!("shipped as {}", path.display()));
            found.candidates.push(Candidate { path: path.clone(), stat, by: By::Container, lane: 0 });
        }
    }
}

/// What there is under a path if it is a regular file.
pub(crate) fn stat(path: &Path) -> std::io::Result<Option<Stat>> {
    match fs::metadata(path) {
        Ok(meta) => Ok(meta.is_file().then(|| Stat::of(&meta))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_below(path: &Path, dir: &Path) -> bool {
    path.starts_with(dir)
        || path.parent().and_then(|parent| parent.canonicalize().ok()).is_some_and(|p| p.starts_with(dir))
}

/// Files beside `path` that bear its name with the mark of a rotation, oldest first.
pub(crate) fn rotated_siblings(path: &Path) -> Vec<(PathBuf, Stat)> {
    let (Some(dir), Some(base)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Vec::new();
    };
    let Ok(entries) = fs::read_dir(if dir.as_os_str().is_empty() { Path::new(".") } else { dir }) else {
        return Vec::new();
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    let rotated = names.filter(|name| name.to_str().is_some_and(|name| is_rotation_of(base, name)));
    let mut siblings: Vec<(PathBuf, Stat)> = rotated
        .filter_map(|name| {
            let path = dir.join(name);
            let stat = stat(&path).ok()??;
            Some((path, stat))
        })
        .collect();
    // Of two that were written to at the same time, `.2` is older than `.1`.
    siblings.sort_by(|a, b| (a.1.modified_ns, number(&b.0), &a.0).cmp(&(b.1.modified_ns, number(&a.0), &b.0)));
    siblings
}

/// Files beside the log of a container that were rotated away from it and compressed.
pub(crate) fn packed_siblings(path: &Path) -> Vec<PathBuf> {
    let (Some(dir), Some(base)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Vec::new();
    };
    let is_packed = |name: &str| {
        text::refused_by_name(name) == Some(text::COMPRESSED)
            && name.rsplit_once('.').is_some_and(|(unpacked, _)| is_rotation_of(base, unpacked))
    };
    let names = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let packed = names.filter(|name| name.to_str().is_some_and(is_packed));
    packed.map(|name| dir.join(name)).collect()
}

/// The number at the end of a rotated name.
pub(crate) fn number(path: &Path) -> u32 {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ending.parse().unwrap_or(0)
}

/// Whether a name is another one with the mark of a rotation behind it (`app.log.1`, `app.log-20260101`) or before its
/// ending (`app-20260101.log`), and is not compressed.
pub(crate) fn is_rotation_of(base: &str, name: &str) -> bool {
    if let Some(mark) = name.strip_prefix(base) {
        return is_mark(mark);
    }
    let Some((stem, ending)) = base.rsplit_once('.') else { return false };
    let mark =
        name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(ending)).and_then(|rest| rest.strip_suffix('.'));
    mark.is_some_and(is_mark)
}

/// Whether a file bears the mark of a rotation, whatever its name without it.
pub(crate) fn looks_rotated(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut marks = name.char_indices().filter(|(_, c)| matches!(c, '.' | '-' | '_'));
    marks.any(|(at, _)| at > 0 && name.get(at..).is_some_and(|rest| is_mark(rest) || is_inner_mark(rest)))
}

/// The name that a rotated file had before: without its mark.
pub(crate) fn base_of(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let mark = name.char_indices().find(|(at, c)| {
        *at > 0
            && matches!(c, '.' | '-' | '_')
            && name.get(*at..).is_some_and(|rest| is_mark(rest) || is_inner_mark(rest))
    });
    let (stem, rest) = name.split_at_checked(mark?.0)?;
    let ending = if is_mark(rest) {
        ""
    } else {
        rest.rsplit_once('.').map_or("", |(mark, _)| rest.get(mark.len()..).unwrap_or(""))
    };
    Some(path.with_file_name(format!("{stem}{ending}")))
}

/// A mark with an ending behind it.
fn is_inner_mark(rest: &str) -> bool {
    rest.rsplit_once('.').is_some_and(|(mark, ending)| is_mark(mark) && !ending.is_empty())
}

/// A separator, then a number or date, or a word for "the one before".
fn is_mark(mark: &str) -> bool {
    let Some(rest) = mark.strip_prefix(['.', '-', '_']) else { return false };
    let is_date = rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | ':' | 'T' | 'Z' | '+'));
    is_date || matches!(rest, "old" | "bak" | "prev")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_marks_of_rotation() {
        for (base, name, expected) in [
            ("app.log", "app.log.1", true),
            ("app.log", "app.log.12", true),
            ("app.log", "app.log-20261125", true),
            ("app.log", "app.log.2026-11-25T10:00:00", true),
            ("app.log", "app.log.old", true),
            ("app.log", "app-20261125.log", true),
            ("app.log", "app.1.log", true),
            ("app.log", "app.log", false),
            ("app.log", "app.log.1.gz", false),
            ("app.log", "app.log.err", false),
            ("app.log", "app2.log", false),
            ("app.log", "app-web.log", false),
            ("syslog", "syslog.1", true),
            ("syslog", "syslogd.1", false),
        ] {
            assert_eq!(is_rotation_of(base, name), expected, "{base} {name}");
            if expected {
                assert!(looks_rotated(Path::new(name)), "{name}");
                assert_eq!(base_of(Path::new(name)), Some(PathBuf::from(base)));
            }
        }
        assert!(!looks_rotated(Path::new("/var/log/app.log")) && !looks_rotated(Path::new("my-app.log")));
    }
}
