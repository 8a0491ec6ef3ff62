use std::sync::{Condvar, Mutex};

use super::*;

/// Mounts of which those whose name begins with `hung` are silent until they are released.
#[derive(Default)]
struct Server {
    is_released: Mutex<bool>,
    released: Condvar,
    asked: Mutex<Vec<PathBuf>>,
}

impl Server {
    fn ask(&self, path: &Path) -> io::Result<Usage> {
        self.asked.lock().unwrap().push(path.to_owned());
        let name = path.to_str().unwrap();
        if name.starts_with("hung") {
            let released = self.is_released.lock().unwrap();
            drop(self.released.wait_while(released, |is_released| !*is_released).unwrap());
        }
        if name.starts_with("broken") {
            return Err(io::Error::from_raw_os_error(5));
        }
        Ok(Usage { size_bytes: 3.0, free_bytes: 2.0, available_bytes: 1.0, files: 5.0, files_free: 4.0 })
    }

    fn release(&self) {
        *self.is_released.lock().unwrap() = true;
        self.released.notify_all();
    }

    fn times_asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.as_path() == Path::new(path)).count()
    }
}

fn prober() -> (Arc<Server>, Prober) {
    let server = Arc::new(Server::default());
    let asked = Arc::clone(&server);
    let prober = Prober::new(Arc::new(move |path| asked.ask(path)), Duration::from_millis(50));
    (server, prober)
}

#[track_caller]
fn check(prober: &mut Prober, paths: &[&str], expected: &[Result<(), &str>]) {
    let answers = prober.ask(paths.iter().map(PathBuf::from).collect());
    let outcomes: Vec<Result<(), String>> =
        answers.into_iter().map(|answer| answer.map(|_| ()).map_err(|error| error.to_string())).collect();
    let expected: Vec<Result<(), String>> = expected.iter().map(|outcome| outcome.map_err(ToOwned::to_owned)).collect();
    assert_eq!(outcomes, expected, "{paths:?}");
}

const SILENT: Result<(), &str> = Err("mountpoint timeout");

#[test]
fn answers_come_in_order() {
    let (_, mut prober) = prober();
    check(&mut prober, &[], &[]);
    check(&mut prober, &["a", "broken", "b"], &[Ok(()), Err("Input/output error (os error 5)"), Ok(())]);
    check(&mut prober, &["a"], &[Ok(())]);
    assert!(prober.stuck.is_empty());
}

#[test]
fn a_silent_mount_is_left_alone_until_it_answers() {
    let (server, mut prober) = prober();
    check(&mut prober, &["a", "hung", "b"], &[Ok(()), SILENT, Ok(())]);
    check(&mut prober, &["a", "hung", "b"], &[Ok(()), SILENT, Ok(())]);
    assert_eq!(server.times_asked("hung"), 1);
    assert_eq!(server.times_asked("b"), 2);

    server.release();
    while prober.stuck.values().any(Worker::is_running) {
        thread::yield_now();
    }
    check(&mut prober, &["a", "hung", "b"], &[Ok(()), Ok(()), Ok(())]);
    assert_eq!(server.times_asked("hung"), 2);
    assert!(prober.stuck.is_empty());
}

#[test]
fn only_so_many_threads_may_hang() {
    let (server, mut prober) = prober();
    let hung: Vec<String> = (0..MAX_STUCK + 2).map(|at| format!("hung{at}")).collect();
    let mut paths: Vec<&str> = hung.iter().map(String::as_str).collect();
    paths.push("a");
    check(&mut prober, &paths, &vec![SILENT; paths.len()]);
    assert_eq!(prober.stuck.len(), MAX_STUCK);
    check(&mut prober, &["a"], &[SILENT]);
    server.release();
    while prober.stuck.values().any(Worker::is_running) {
        thread::yield_now();
    }
    check(&mut prober, &paths, &vec![Ok(()); paths.len()]);
}

#[test]
fn a_thread_that_dies_costs_one_answer() {
    let ask = |path: &Path| match path.to_str() {
        Some("deadly") => panic!("on purpose"),
        _ => Err(io::Error::from_raw_os_error(2)),
    };
    let mut prober = Prober::new(Arc::new(ask), TIMEOUT);
    let gone = Err("No such file or directory (os error 2)");
    check(&mut prober, &["a", "deadly", "b"], &[gone, SILENT, gone]);
}

#[test]
fn the_root_has_a_size() {
    let usage = statfs(Path::new("/")).unwrap();
    assert!(usage.size_bytes > 0.0 && usage.free_bytes >= usage.available_bytes);
    assert_eq!(statfs(Path::new("/no/such/place")).unwrap_err().raw_os_error(), Some(2));
}
