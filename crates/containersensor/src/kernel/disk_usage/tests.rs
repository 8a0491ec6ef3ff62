use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;

use model::ManualClock;

use super::walk::occupied_bytes;
use super::*;

/// A directory of these files, with links where the content is `->target` or `=target`.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if let Some(target) = content.strip_prefix("->") {
            symlink(target, path).unwrap();
        } else if let Some(target) = content.strip_prefix('=') {
            fs::hard_link(root.path().join(target), path).unwrap();
        } else {
            write(&path, content);
        }
    }
    root
}

#[expect(clippy::disallowed_methods, reason = "files of these tests only")]
fn write(path: &Path, content: &str) {
    fs::write(path, content).unwrap();
}

fn blocks(path: &Path) -> u64 {
    fs::symlink_metadata(path).unwrap().blocks() * 512
}

/// What is counted is the blocks of the root and of these of its entries.
#[track_caller]
fn check(files: &[(&str, &str)], counted: &[&str]) {
    let root = tree(files);
    let expected = blocks(root.path()) + counted.iter().map(|name| blocks(&root.path().join(name))).sum::<u64>();
    let bytes = occupied_bytes(&[root.path().to_owned()], usize::MAX, &mut || true);
    assert_eq!(bytes, Some(expected), "{files:?}");
}

#[test]
fn blocks_are_counted_once() {
    let long = "x".repeat(100_000);
    check(&[], &[]);
    check(&[("a", &long), ("b", "x")], &["a", "b"]);
    check(&[("d/e/f", &long), ("d/g", "")], &["d", "d/e", "d/e/f", "d/g"]);
    check(&[("a", &long), ("b", "=a"), ("d/c", "=a")], &["a", "d"]);
    // A link to a directory outside, a loop, and one to nothing.
    check(&[("a", "->/proc"), ("b", "->."), ("c", "->nothing")], &["a", "b", "c"]);
}

#[test]
fn holes_are_not_counted() {
    let root = tree(&[("sparse", "x")]);
    let file = fs::File::options().write(true).open(root.path().join("sparse")).unwrap();
    file.set_len(1 << 30).unwrap();
    let bytes = occupied_bytes(&[root.path().to_owned()], usize::MAX, &mut || true).unwrap();
    assert!(bytes < 1 << 20, "{bytes}");
}

#[test]
fn a_walk_is_bounded_and_stops_on_request() {
    let names: Vec<String> = (0..2000).map(|n| n.to_string()).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "x")).collect();
    let root = tree(&files);
    let paths = [root.path().to_owned()];
    let whole = occupied_bytes(&paths, usize::MAX, &mut || true).unwrap();
    let part = occupied_bytes(&paths, 1000, &mut || true).unwrap();
    assert_eq!(part - blocks(root.path()), (whole - blocks(root.path())) / 2);
    let mut pauses = 0;
    let stopped = occupied_bytes(&paths, usize::MAX, &mut || {
        pauses += 1;
        pauses < 2
    });
    assert_eq!((stopped, pauses), (None, 2));
    let with_nothing = [root.path().join("0"), root.path().join("nothing")];
    assert_eq!(occupied_bytes(&with_nothing, usize::MAX, &mut || true), Some(blocks(&with_nothing[0])));
    let nothing_first = [root.path().join("nothing"), root.path().join("0")];
    assert_eq!(occupied_bytes(&nothing_first, usize::MAX, &mut || true), None);
}

#[test]
fn walking_takes_a_hundredth_of_the_time() {
    for (worked, expected) in [(0, 0), (10, 1), (1_000, 100), (2_000_000, 200_000), (u64::MAX, i64::MAX / 1000)] {
        assert_eq!(rest_ms(Duration::from_micros(worked)), expected, "{worked} µs");
    }
    let span = Span { from_ms: 1000, length_ms: 500 };
    for (now_ms, expected) in [(1000, 1500), (2000, 1500), (999, 999)] {
        assert_eq!(span.end_ms(now_ms), expected, "{now_ms}");
    }
}

fn container(id: &str, upper_dir: &Path) -> Container {
    Container { id: id.to_owned(), upper_dir: Some(upper_dir.to_owned()), ..Container::default() }
}

#[test]
fn containers_are_walked_in_turn() {
    let (a, b) = (tree(&[("x", "x")]), tree(&[("x", "x")]));
    let size = blocks(a.path()) + blocks(&a.path().join("x"));
    let clock = Arc::new(ManualClock::new(1_000_000));
    let usage = DiskUsage::new(Arc::clone(&clock) as _);
    assert_eq!(usage.walk_next(), IDLE, "there is nothing to walk");
    let mut containers = vec![container("a", a.path()), container("b", b.path())];
    usage.watch(&containers);
    assert_eq!((usage.usage("a"), usage.usage("b")), (None, None));
    assert_eq!(usage.walk_next(), Duration::from_millis(1), "the next first walk is due at once");
    assert_eq!((usage.usage("a"), usage.usage("b")), (Some(size), None));
    let wait = usage.walk_next();
    assert_eq!(usage.usage("b"), Some(size));
    assert_eq!(wait, Duration::from_secs(60));

    // What changes is seen a minute later.
    write(&a.path().join("y"), "y");
    clock.advance_ms(59_999);
    usage.walk_next();
    assert_eq!(usage.usage("a"), Some(size));
    clock.advance_ms(1);
    usage.walk_next();
    assert_eq!(usage.usage("a"), Some(size + blocks(&a.path().join("y"))));

    // One that has come is not kept waiting, one that has gone is forgotten, and one that has moved is another.
    let c = tree(&[]);
    containers[0] = container("c", c.path());
    containers[1] = container("b", a.path());
    usage.watch(&containers);
    assert_eq!((usage.usage("a"), usage.usage("b")), (None, None));
    usage.walk_next();
    usage.walk_next();
    assert_eq!(usage.usage("b"), Some(size + blocks(&a.path().join("y"))));
    assert_eq!(usage.usage("c"), Some(blocks(c.path())));

    // A clock that is set back does not put a walk off.
    write(&c.path().join("z"), "z");
    clock.set_ms(5);
    usage.walk_next();
    usage.walk_next();
    assert_eq!(usage.usage("c"), Some(blocks(c.path()) + blocks(&c.path().join("z"))));
}

#[test]
fn the_thread_walks_what_comes_and_stops() {
    let a = tree(&[("x", "x")]);
    let usage = Arc::new(DiskUsage::new(Arc::new(ManualClock::new(0)) as _));
    std::thread::scope(|scope| {
        scope.spawn(|| usage.run());
        usage.watch(&[container("a", a.path())]);
        // The deadline is for a failure only.
        let deadline = Instant::now() + Duration::from_secs(20);
        while usage.usage("a").is_none() && Instant::now() < deadline {
            std::thread::yield_now();
        }
        usage.stop();
    });
    assert!(usage.usage("a").is_some());
}

#[test]
fn the_directory_of_a_log_counts_if_it_is_the_containers_own() {
    let mut container = container("0123", Path::new("/upper"));
    for (log, expected) in
        [("/docker/containers/0123/0123-json.log", "/docker/containers/0123"), ("/var/log/web.log", "/var/log/web.log")]
    {
        container.log.path = Some(PathBuf::from(log));
        assert_eq!(paths_of(&container), [PathBuf::from("/upper"), PathBuf::from(expected)]);
    }
    container.log.path = None;
    assert_eq!(paths_of(&container), [PathBuf::from("/upper")]);
    container.upper_dir = None;
    assert!(paths_of(&container).is_empty());
}
