//! A tail that runs.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use logql::{Pipeline, StreamResult};
use storage::LineBatch;
use tokio::time::Instant;

use super::Tail;
use super::frame::{self, Frame};
use super::history::{self, History};
use super::queue::Queue;
use crate::loki::error::ApiError;
use crate::loki::query::TIMEOUT;
use crate::state::Api;

/// A frame is sent when it holds this much, though more is waiting.
const FRAME_BYTES: usize = 1 << 20;
/// A reader that takes nothing for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a silent connection is tried.
const PING_EVERY: Duration = Duration::from_secs(10);
/// Reasons of a closed websocket may not be longer than 123 bytes.
const MAX_REASON_BYTES: usize = 120;

/// The reader is gone, or the store ended the tail.
struct Ended;

/// What a session waits for.
enum Event {
    Batch(Option<Arc<LineBatch>>),
    Message(Option<Result<Message, axum::Error>>),
    Due,
}

pub(super) struct Session {
    api: Arc<Api>,
    socket: WebSocket,
    queue: Queue,
    tail: Arc<Tail>,
    pipeline: Pipeline,
    frame: Frame,
}

impl Session {
    pub(super) fn new(api: Arc<Api>, socket: WebSocket, queue: Queue, tail: Tail, pipeline: Pipeline) -> Session {
        Session { api, socket, queue, tail: Arc::new(tail), pipeline, frame: Frame::default() }
    }

    /// Runs until the reader goes or the store ends the tail.
    pub(super) async fn run(mut self) {
        let history = match read_history(Arc::clone(&self.api), Arc::clone(&self.tail)).await {
            Ok(history) => history,
            Err(error) => return self.close(close_code::ERROR, &error.message).await,
        };
        if self.send_past(history).await.is_ok() && self.follow().await.is_ok() {
            self.close(close_code::AWAY, "shutting down").await;
        }
    }

    /// Sends the past, and what came while it was read as far as it is not part of it.
    async fn send_past(&mut self, mut history: History) -> Result<(), Ended> {
        let past = std::mem::take(&mut history.streams);
        self.send(&past).await?;
        while let Some(batch) = self.queue.try_next() {
            self.frame.add(&batch, &mut self.pipeline);
        }
        let mut streams = self.frame.take();
        history.remove_known(&mut streams);
        self.send(&streams).await
    }

    /// Sends what comes. `Ok` when the store ended the tail.
    async fn follow(&mut self) -> Result<(), Ended> {
        let mut ping_at = Instant::now() + PING_EVERY;
        let mut send_at: Option<Instant> = None;
        loop {
            let wake_at = send_at.map_or(ping_at, |send_at| send_at.min(ping_at));
            match self.next_event(wake_at).await {
                Event::Batch(Some(batch)) => {
                    self.frame.add(&batch, &mut self.pipeline);
                    send_at = send_at.or(Some(Instant::now() + self.tail.delay));
                }
                Event::Batch(None) => return self.send_frame().await,
                Event::Message(Some(Ok(Message::Close(_)) | Err(_)) | None) => return Err(Ended),
                Event::Message(Some(Ok(_))) | Event::Due => {}
            }
            let now = Instant::now();
            if send_at.is_some_and(|send_at| send_at <= now) {
                self.take_waiting();
                self.send_frame().await?;
                send_at = None;
            }
            if ping_at <= now {
                self.transmit(Message::Ping(Bytes::new())).await?;
                ping_at = now + PING_EVERY;
            }
        }
    }

    async fn next_event(&mut self, wake_at: Instant) -> Event {
        tokio::select! {
            batch = self.queue.next() => Event::Batch(batch),
            message = self.socket.recv() => Event::Message(message),
            () = tokio::time::sleep_until(wake_at) => Event::Due,
        }
    }

    /// Adds what is there already, up to the size of a frame.
    fn take_waiting(&mut self) {
        while self.frame.bytes() < FRAME_BYTES
            && let Some(batch) = self.queue.try_next()
        {
            self.frame.add(&batch, &mut self.pipeline);
        }
    }

    async fn send_frame(&mut self) -> Result<(), Ended> {
        let streams = self.frame.take();
        self.send(&streams).await
    }

    async fn send(&mut self, streams: &[StreamResult]) -> Result<(), Ended> {
        let dropped = self.queue.take_dropped();
        if streams.is_empty() && dropped.is_empty() {
            return Ok(());
        }
        let text = frame::write(streams, &dropped, self.tail.encoding);
        self.transmit(Message::Text(Utf8Bytes::from(text))).await
    }

    async fn transmit(&mut self, message: Message) -> Result<(), Ended> {
        match tokio::time::timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended),
        }
    }

    async fn close(mut self, code: u16, reason: &str) {
        let reason = Utf8Bytes::from(&reason[..reason.floor_char_boundary(MAX_REASON_BYTES)]);
        // The reader may be gone already; there is nobody else to tell.
        self.transmit(Message::Close(Some(CloseFrame { code, reason }))).await.ok();
    }
}

async fn read_history(api: Arc<Api>, tail: Arc<Tail>) -> Result<History, ApiError> {
    let shared = Arc::clone(&api);
    Ok(api.pool.run(TIMEOUT, move |cancel| history::read(&shared, &tail, cancel)).await??)
}
