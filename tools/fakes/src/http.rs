//! A server of plain HTTP/1.1: one request per connection, on a thread of its own.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Larger requests are not for tests.
const MAX_REQUEST_BYTES: usize = 4 << 20;
/// A client that says nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer, of JSON or text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// More header lines.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Request {
    /// The value of a header; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }
}

/// A server; it stops when it goes out of scope.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stops: Arc<AtomicBool>,
    /// Clients that are spoken with.
    speaking: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens, and answers each request by the handler.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn start<H>(address: SocketAddr, handler: H) -> io::Result<Server>
    where
        H: Fn(&Request) -> Response + Send + Sync + 'static,
    {
        let handler = Arc::new(handler);
        accept(address, move |mut stream| {
            let answer = match read(&mut stream)? {
                Some(request) => handler(&request),
                None => Response { status: 400, headers: Vec::new(), body: "that is no HTTP".to_owned() },
            };
            write(&mut stream, &answer)
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns when everything that clients sent before has been taken, also that of clients that have died meanwhile. Calls that are held
    /// must be let go before.
    ///
    /// # Errors
    /// When it does not listen any more.
    pub fn settle(&self) -> io::Result<()> {
        // Clients are let in one after the other: whoever came before this one is among those that are spoken with.
        let mut stream = TcpStream::connect(self.address)?;
        stream.write_all(b"\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new())?;
        while self.speaking.load(Ordering::SeqCst) > 0 {
            std::thread::yield_now();
        }
        Ok(())
    }

    /// Waits until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Listens, and lets a thread speak with each client.
pub(crate) fn accept<S>(address: SocketAddr, speak: S) -> io::Result<Server>
where
    S: Fn(TcpStream) -> io::Result<()> + Clone + Send + Sync + 'static,
{
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let stops = Arc::new(AtomicBool::new(false));
    let is_over = Arc::clone(&stops);
    let speaking = Arc::new(AtomicUsize::new(0));
    let spoken_with = Arc::clone(&speaking);
    let thread = std::thread::spawn(move || {
        for stream in listener.incoming() {
            if is_over.load(Ordering::SeqCst) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let (speak, speaking) = (speak.clone(), Speaking::begin(&spoken_with));
            std::thread::spawn(move || {
                let _until_done = speaking;
                // A client that goes away in the middle is its own business.
                stream.set_read_timeout(Some(PATIENCE)).ok();
                speak(stream).ok();
            });
        }
    });
    Ok(Server { address, stops, speaking, thread: Some(thread) })
}

/// Counts among the clients that are spoken with, until it goes out of scope.
struct Speaking(Arc<AtomicUsize>);

impl Speaking {
    fn begin(count: &Arc<AtomicUsize>) -> Speaking {
        count.fetch_add(1, Ordering::SeqCst);
        Speaking(Arc::clone(count))
    }
}

impl Drop for Speaking {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that it is over.
        if TcpStream::connect(self.address).is_ok()
            && let Some(thread) = self.thread.take()
        {
            thread.join().ok();
        }
    }
}

fn read(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let Some(mut request) = head(bytes.get(..end).unwrap_or_default()) else { return Ok(None) };
            let wanted: usize = request.header("content-length").parse().unwrap_or(0);
            let mut body = bytes.split_off(end + 4);
            while body.len() < wanted.min(MAX_REQUEST_BYTES) {
                let n = stream.read(&mut buffer)?;
                if n == 0 {
                    return Ok(None);
                }
                body.extend_from_slice(buffer.get(..n).unwrap_or_default());
            }
            request.body = body;
            return Ok(Some(request));
        }
        let n = stream.read(&mut buffer)?;
        if n == 0 || bytes.len() > MAX_REQUEST_BYTES {
            return Ok(None);
        }
        bytes.extend_from_slice(buffer.get(..n).unwrap_or_default());
    }
}

fn head(bytes: &[u8]) -> Option<Request> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    Some(Request { method, target, headers, body: Vec::new() })
}

fn write(stream: &mut TcpStream, answer: &Response) -> io::Result<()> {
    let mut text = format!("HTTP/1.1 {} Answer\r\nConnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{}", answer.body.len(), answer.body));
    stream.write_all(text.as_bytes())
}
