//! Files that no kernel wrote: whatever is in them, a reading ends, with samples that the formats can carry.

#![cfg(test)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hostsensor::{HostSensor, Paths, Snapshot};
use model::ManualClock;

const SEED: u64 = 0x005e_ed0f_4057;
const ROUNDS: usize = 600;

/// Numbers and separators on which parsers stumble.
const FRAGMENTS: [&[u8]; 16] = [
    b"18446744073709551615",
    b"18446744073709551616",
    b"-1",
    b"9223372036854775808",
    b"0x",
    b"NaN",
    b"-Inf",
    b"1e309",
    b"\xff\xfe",
    b"\0",
    b" ",
    b"\n",
    b":",
    b"-",
    b"\"\\",
    b"0-65535",
];

/// Xorshift: the same sequence everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let (a, b) = (self.below(length + 1), self.below(length + 1));
        a.min(b)..a.max(b)
    }

    fn mutate(&mut self, content: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(content.len() + 1);
            match self.below(6) {
                0 => content.truncate(at),
                1 => drop(content.drain(self.range(content.len()))),
                2 => {
                    let copy = content[self.range(content.len())].to_vec();
                    content.splice(at..at, copy);
                }
                3 if at < content.len() => content[at] ^= 1 << self.below(8),
                4 if at < content.len() => content[at] = b"0 \n:,-."[self.below(7)],
                _ => drop(content.splice(at..at, FRAGMENTS[self.below(FRAGMENTS.len())].iter().copied())),
            }
        }
    }
}

/// Copies a machine with its symbolic links, and lists its files.
fn copy(from: &Path, to: &Path, files: &mut Vec<PathBuf>) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_symlink() {
            symlink(fs::read_link(entry.path()).unwrap(), target).unwrap();
        } else if kind.is_dir() {
            copy(&entry.path(), &target, files);
        } else {
            fs::copy(entry.path(), &target).unwrap();
            files.push(target);
        }
    }
}

fn check(snapshot: &Snapshot, file: &Path) {
    let is_name = |name: &str| {
        name.starts_with("node_") && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b':')
    };
    for family in &snapshot.families {
        assert!(is_name(&family.name), "{:?} after a change in {}", family.name, file.display());
        let mut labels: Vec<_> = family.samples.iter().map(|sample| &sample.labels).collect();
        labels.sort();
        let is_distinct = labels.windows(2).all(|pair| pair[0] != pair[1]);
        assert!(is_distinct, "samples of {} clash after a change in {}", family.name, file.display());
    }
    let mut text = String::new();
    exposition::text::write(&snapshot.families, &mut text);
    assert!(text.ends_with('\n'));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "files of this test only")]
fn any_content_of_any_file_is_survived() {
    println!("seed {SEED:#x}");
    let machine = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/server"), machine.path(), &mut files);
    files.retain(|file| !file.starts_with(machine.path().join("expected")));
    files.sort();
    let paths = Paths {
        procfs: machine.path().join("proc"),
        sysfs: machine.path().join("sys"),
        rootfs: machine.path().join("root"),
        udev_data: machine.path().join("udev"),
    };
    // Files of some length are worth more tries.
    let originals: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let long: Vec<usize> = (0..files.len()).filter(|at| originals[*at].len() > 40).collect();
    let mut random = Random(SEED);
    let clock = Arc::new(ManualClock::new(0));
    let mut sensor = HostSensor::new(paths.clone(), Arc::clone(&clock) as _);
    for round in 0..ROUNDS {
        if round % 100 == 0 {
            sensor = HostSensor::new(paths.clone(), Arc::clone(&clock) as _);
        }
        let at = if round % 3 == 0 { random.below(files.len()) } else { long[random.below(long.len())] };
        let mut content = originals[at].clone();
        random.mutate(&mut content);
        fs::write(&files[at], content).unwrap();
        check(&sensor.read(), &files[at]);
        fs::write(&files[at], &originals[at]).unwrap();
    }
}
