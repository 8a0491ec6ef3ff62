//! `menara telegram-notifier`: takes an Alertmanager's webhooks and writes them into Telegram chats.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use httpkit::{Client, Options};
use jiff::tz::TimeZone;
use model::NotifyOutcome;
use notify::telegram::{ParseMode, QuietBots, Settings};
use notify::{Http, Receiver as _, Source, Telegram, Templater, Tools};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::TelegramNotifierArgs;
use crate::clock::SystemClock;
use crate::language;
use crate::serve::Failure;

/// Far more than any group of alerts.
const MAX_BODY_BYTES: usize = 4 << 20;
/// How long a message may take; Alertmanagers give up later.
const PATIENCE: Duration = Duration::from_secs(10);
/// The message of our own.
const MESSAGE: &str = "{{ template \"telegram.default.message\" . }}";

/// Runs until a signal says stop.
pub(crate) fn run(args: &TelegramNotifierArgs) -> Result<(), Failure> {
    if !args.listen.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "--listen {}: refused, since everyone who reaches this address could write to the chats as long as there are no users; \
             listen on a loopback address such as 127.0.0.1:9119",
            args.listen
        )));
    }
    let notifier = TelegramNotifier::new(args)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(serve(args, notifier))?;
    Ok(())
}

async fn serve(args: &TelegramNotifierArgs, notifier: TelegramNotifier) -> anyhow::Result<()> {
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", args.listen))?;
    let address = listener.local_addr().context("cannot tell the address listened on")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    // Nobody has to be reading.
    writeln!(std::io::stdout(), "webhooks at http://{address}/alert/<chat>[/<topic>]").ok();
    let stop = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let server = axum::serve(listener, router(Arc::new(notifier))).with_graceful_shutdown(stop);
    server.await.context("the listener failed")
}

fn router(notifier: Arc<TelegramNotifier>) -> Router {
    Router::new()
        .route("/alert/{chat}", post(to_chat))
        .route("/alert/{chat}/{topic}", post(to_topic))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(notifier)
}

async fn to_chat(
    State(notifier): State<Arc<TelegramNotifier>>,
    Path(chat): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    notifier.take(&chat, None, &headers, &body).await
}

async fn to_topic(
    State(notifier): State<Arc<TelegramNotifier>>,
    Path((chat, topic)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    notifier.take(&chat, Some(&topic), &headers, &body).await
}

/// Writes to the chats of a list.
#[derive(Debug)]
struct TelegramNotifier {
    api_url: String,
    token: Source,
    allowed: BTreeSet<i64>,
    quiet: Arc<QuietBots>,
    http: Http,
    tools: Tools,
    local: TimeZone,
}

impl TelegramNotifier {
    fn new(args: &TelegramNotifierArgs) -> Result<TelegramNotifier, Failure> {
        let token = Source::File(args.token_file.clone());
        match token.read() {
            Ok(token) if token.is_empty() => {
                return Err(Failure::Usage(format!("--token-file {}: it is empty", args.token_file.display())));
            }
            Ok(_) => {}
            Err(error) => return Err(Failure::Usage(format!("--token-file: {error}"))),
        }
        httpkit::Url::parse(&args.api_url).map_err(|error| Failure::Usage(format!("--api-url: {error}")))?;
        let local = TimeZone::system();
        let tools = Tools {
            templater: Arc::new(Templater::new("", local.clone())),
            clock: Arc::new(SystemClock),
            language: language::of_messages(args.message_language),
        };
        Ok(TelegramNotifier {
            api_url: args.api_url.clone(),
            token,
            allowed: args.allow.iter().copied().collect(),
            quiet: Arc::default(),
            http: Http::new(Client::new(Options { timeout: PATIENCE, ..Options::default() })),
            tools,
            local,
        })
    }

    /// Takes one webhook.
    async fn take(&self, chat: &str, topic: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Response {
        // Only browsers say from which page they come, and no page has any business here.
        if headers.contains_key(header::ORIGIN) {
            return answer(StatusCode::FORBIDDEN, "pages in browsers may not write to chats");
        }
        let Some(chat) = chat.parse().ok().filter(|chat| self.allowed.contains(chat)) else {
            return answer(StatusCode::FORBIDDEN, "this chat is not on the list that --allow gives");
        };
        let topic = match topic.map(str::parse).transpose() {
            Ok(topic) => topic,
            Err(_) => return answer(StatusCode::BAD_REQUEST, "a topic is a number"),
        };
        let now_ms = self.tools.clock.now_ms();
        let deadline_ms = now_ms.saturating_add(i64::try_from(PATIENCE.as_millis()).unwrap_or(i64::MAX));
        let notification = match notify::webhook::read(body, now_ms, deadline_ms) {
            Ok(notification) => notification,
            Err(why) => return answer(StatusCode::BAD_REQUEST, &why),
        };
        let telegram = Telegram::new(self.settings(chat, topic), self.local.clone(), Arc::clone(&self.quiet));
        let outcome = telegram.send(&self.tools, "webhook", &notification).await;
        report(&outcome, chat)
    }

    fn settings(&self, chat: i64, topic: Option<i64>) -> Settings {
        Settings {
            api_url: self.api_url.clone(),
            bot_token: self.token.clone(),
            chat_id: Source::Inline(chat.to_string()),
            message_thread_id: topic,
            message: MESSAGE.to_owned(),
            parse_mode: ParseMode::Html,
            disable_notifications: false,
            timeout: None,
            http: self.http.clone(),
        }
    }
}

/// What the sender of the webhook is told. Alertmanagers try again after a 5xx.
fn report(outcome: &NotifyOutcome, chat: i64) -> Response {
    match outcome {
        NotifyOutcome::Sent(_) => answer(StatusCode::OK, "sent"),
        NotifyOutcome::Failed { reason } => {
            tracing::warn!(chat, reason, "a message was refused");
            answer(StatusCode::BAD_GATEWAY, reason)
        }
        NotifyOutcome::Retry { reason, retry_after_ms } => {
            tracing::warn!(chat, reason, "a message could not be sent now");
            let mut response = answer(StatusCode::BAD_GATEWAY, reason);
            if let Some(wait_ms) = retry_after_ms {
                let seconds = wait_ms.saturating_add(999) / 1000;
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
    }
}

fn answer(status: StatusCode, text: &str) -> Response {
    (status, format!("{text}\n")).into_response()
}
