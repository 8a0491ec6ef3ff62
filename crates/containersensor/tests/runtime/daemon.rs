//! A daemon on a Unix socket.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::world::{Happening, World};

/// A daemon that tells of its world; it takes nothing but GET.
pub(crate) struct Daemon {
    pub(crate) socket: PathBuf,
    pub(crate) state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) podman: bool,
    pub(crate) streams: Vec<mpsc::UnboundedSender<String>>,
    /// Whether connections are closed as soon as they are made.
    pub(crate) down: bool,
    /// Answers that are given instead of the right ones: by the end of the path, so often.
    pub(crate) instead: BTreeMap<&'static str, (usize, Vec<u8>)>,
    /// How often what was asked.
    pub(crate) asked: BTreeMap<String, usize>,
    /// What was asked otherwise than by GET.
    pub(crate) refused: Vec<String>,
}

impl Daemon {
    pub(crate) fn new(dir: &Path) -> Daemon {
        Daemon::with(dir, State::default())
    }

    pub(crate) fn with(dir: &Path, state: State) -> Daemon {
        let socket = dir.join("daemon.sock");
        let state = Arc::new(Mutex::new(state));
        let serving = serve(&socket, &state);
        Daemon { socket, state, serving }
    }

    /// Something happens, and is told.
    pub(crate) fn happen(&self, id: &str, happening: Happening, at_ns: i64) {
        let mut state = self.state.lock();
        let events = state.world.happen(id, happening, at_ns);
        state.tell(&events);
    }

    pub(crate) fn create(&self, at_ns: i64) -> String {
        let mut state = self.state.lock();
        let (id, events) = state.world.create(at_ns);
        state.tell(&events);
        id
    }

    /// Tells something of its own making.
    pub(crate) fn say(&self, text: &str) {
        self.state.lock().say(text);
    }

    /// Ends all streams of events.
    pub(crate) fn drop_streams(&self) {
        self.state.lock().streams.clear();
    }

    pub(crate) fn asked(&self, what: &str) -> usize {
        self.state.lock().asked.get(what).copied().unwrap_or(0)
    }

    /// Goes away with its socket; what is in its world stays.
    pub(crate) fn stop(&mut self) {
        self.serving.abort();
        self.drop_streams();
        std::fs::remove_file(&self.socket).unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        self.serving = serve(&self.socket, &self.state);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.serving.abort();
        if !std::thread::panicking() {
            assert_eq!(self.state.lock().refused, [""; 0], "only GET is ever used");
        }
    }
}

impl State {
    fn tell(&mut self, events: &[Value]) {
        for event in events {
            self.say(&format!("{event}\n"));
        }
    }

    fn say(&mut self, text: &str) {
        let chunk = format!("{:x}\r\n{text}\r\n", text.len());
        self.streams.retain(|stream| stream.send(chunk.clone()).is_ok());
    }

    fn answer(&mut self, path: &str) -> Vec<u8> {
        let what = what(path);
        *self.asked.entry(what.to_owned()).or_default() += 1;
        if let Some((left, answer)) = self.instead.iter_mut().find(|(end, _)| path.ends_with(*end)).map(|(_, v)| v)
            && *left > 0
        {
            *left -= 1;
            return answer.clone();
        }
        match what {
            "version" if self.podman => ok(&json!({
                "Version": "4.3.1", "ApiVersion": "1.41", "MinAPIVersion": "1.24",
                "Components": [{"Name": "Podman Engine", "Version": "4.3.1", "Details": {"APIVersion": "4.3.1"}}],
            })),
            "version" => ok(&json!({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})),
            "list" => {
                let containers = self.world.containers.values().filter(|_| !self.podman);
                ok(&containers.map(crate::world::Sim::listed).collect())
            }
            _ => {
                let id = path.split('/').nth(3).unwrap_or_default();
                match self.world.containers.get(id) {
                    Some(sim) => ok(&sim.inspect()),
                    None => status("404 Not Found", &json!({"message": "No such container"}).to_string()),
                }
            }
        }
    }
}

fn what(path: &str) -> &'static str {
    let path = path.split('?').next().unwrap_or_default();
    match path {
        "/version" => "version",
        _ if path.ends_with("/events") => "events",
        _ if path.ends_with("/containers/json") => "list",
        _ => "inspect",
    }
}

fn ok(body: &Value) -> Vec<u8> {
    status("200 OK", &body.to_string())
}

pub(crate) fn status(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn serve(socket: &Path, state: &Arc<Mutex<State>>) -> JoinHandle<()> {
    let listener = UnixListener::bind(socket).unwrap();
    let state = Arc::clone(state);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if !state.lock().down {
                tokio::spawn(connection(stream, Arc::clone(&state)));
            }
        }
    })
}

/// One request and its answer; the other side may go at any time.
async fn connection(mut stream: UnixStream, state: Arc<Mutex<State>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut words = head.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    if method != "GET" {
        state.lock().refused.push(head.clone());
        return stream.write_all(&status("405 Method Not Allowed", "{}")).await.ok();
    }
    let instead = state.lock().instead.get("/events").is_some_and(|(left, _)| *left > 0);
    if what(path) != "events" || instead {
        let path = if instead { "/events" } else { path };
        let answer = state.lock().answer(path);
        return stream.write_all(&answer).await.ok();
    }
    let (sender, mut receiver) = mpsc::unbounded_channel();
    {
        let mut state = state.lock();
        *state.asked.entry("events".to_owned()).or_default() += 1;
        state.streams.push(sender);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.ok()?;
    while let Some(chunk) = receiver.recv().await {
        stream.write_all(chunk.as_bytes()).await.ok()?;
    }
    stream.write_all(b"0\r\n\r\n").await.ok()
}
