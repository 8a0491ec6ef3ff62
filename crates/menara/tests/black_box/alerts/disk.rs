//! Two small disks run full and are emptied again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::not_run;

use super::house::{House, host, write};

/// Both at once, in whatever order they are filled: a reading may come in between.
const RULES: &str = r#"
groups:
- name: disks
  interval: 1s
  rules:
  - alert: SmallDiskFull
    expr: >-
      node_filesystem_avail_bytes{mountpoint=~"DISKS/.*"} < 2e6
      and on () count(node_filesystem_avail_bytes{mountpoint=~"DISKS/.*"} < 2e6) == 2
    labels: {severity: warning}
    annotations:
      summary: '{{ $labels.mountpoint }} is nearly full'
      description: '{{ $value | humanize1024 }}B are left.'
"#;

/// A file system in memory, of 8 MiB; unmounted when it goes out of scope.
struct Disk(PathBuf);

impl Disk {
    /// Fails with what `mount` says, such as that it needs root.
    fn mount(at: &Path) -> Result<Disk, String> {
        fs::create_dir_all(at).map_err(|error| error.to_string())?;
        let output = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "menara-test"]).arg(at).output();
        let output = output.map_err(|error| format!("mount: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        Ok(Disk(at.to_owned()))
    }

    /// Leaves one MiB.
    fn fill(&self) {
        write(&self.0.join("file"), &vec![0; 7 << 20]);
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("file")).expect("a file");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(&self.0).output().ok();
    }
}

#[test]
fn full_disks_reach_the_phone_as_one_message() {
    let house = House::new("");
    let folder = house.dir.path().join("disks");
    let disks = match ["a", "b"].map(|name| Disk::mount(&folder.join(name))) {
        [Ok(a), Ok(b)] => [a, b],
        [a, b] => {
            let reason = a.err().or(b.err()).unwrap_or_default();
            return not_run("full_disks_reach_the_phone_as_one_message", &reason);
        }
    };
    let path = folder.display().to_string();
    house.set_rules(&RULES.replace("DISKS", &path));
    let program = house.start();
    let seen = format!(r#"count(node_filesystem_avail_bytes{{mountpoint=~"{path}/.*"}})"#);
    program.wait_for("the empty disks", |p| p.number(&seen).filter(|n| *n == 2.0));
    disks.iter().for_each(Disk::fill);
    let host = host();
    let about = |name: &str| format!("{path}/{name} is nearly full");
    let (a, b) = (about("a"), about("b"));
    let firing = format!("⚠️ 2 firing · {host}\n\n⚠️ {a}\nwarning\n\n⚠️ {b}\nwarning\n\n1MiB are left.");
    assert_eq!(house.await_message(&program, 1), firing);
    // Nothing more is said while nothing changes.
    program.await_looks(2);
    assert_eq!(program.alerts().len(), 2);
    assert_eq!(house.messages().len(), 1);
    disks.iter().for_each(Disk::empty);
    let resolved = format!("✅ 2 resolved · {host}\n\n✅ Over: {a}\nwas a warning\n\n✅ Over: {b}\nwas a warning");
    assert_eq!(house.await_message(&program, 2), resolved);
    assert_eq!(program.alerts(), []);
}
