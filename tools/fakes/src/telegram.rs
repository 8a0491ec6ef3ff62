//! Telegram's Bot API, for one bot.
//!
//! Stricter than the real one: a field that the method does not have is refused too. Built are the methods of `spec.txt`, with JSON
//! bodies.

mod gate;
mod limits;
mod markup;
mod spec;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::http::{Request, Response, Server};
use gate::Gate;
pub use gate::Hold;
pub use limits::Limits;
use limits::Traffic;
pub use markup::parse as parse_text;
use spec::Spec;

/// The longest text, after its markup is taken out, in UTF-16 units.
const MAX_TEXT_UNITS: usize = 4096;

/// Tells the time in milliseconds since 1970.
pub type Now = Box<dyn Fn() -> i64 + Send + Sync>;

/// A Bot API that listens; it stops when it goes out of scope.
#[derive(Debug)]
pub struct BotApi {
    server: Server,
    bot: Arc<Bot>,
}

/// What the bot is, and knows.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bot's token.
    pub token: String,
    /// The chats that it may write to.
    pub chats: BTreeSet<i64>,
    /// Topics that there are, by chat.
    pub topics: BTreeMap<i64, BTreeSet<i64>>,
    /// Chats that blocked the bot.
    pub blocked: BTreeSet<i64>,
    /// Groups that have become other chats.
    pub moved: BTreeMap<i64, i64>,
    /// How fast it may write.
    pub limits: Limits,
}

impl Settings {
    /// A bot that may write to some chats.
    #[must_use]
    pub fn new(token: &str, chats: &[i64]) -> Settings {
        Settings {
            token: token.to_owned(),
            chats: chats.iter().copied().collect(),
            topics: BTreeMap::new(),
            blocked: BTreeSet::new(),
            moved: BTreeMap::new(),
            limits: Limits::default(),
        }
    }
}

/// A message that was sent, as it stands now.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its number.
    pub id: i64,
    /// The chat.
    pub chat: i64,
    /// What is shown: the text without markup.
    pub text: String,
    /// All that the sender gave.
    pub given: Value,
    /// How often it was edited.
    pub edits: usize,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The status and `error_code`.
    pub code: u16,
    /// The `description`.
    pub description: String,
    /// The `parameters`.
    pub parameters: Option<Value>,
}

struct Bot {
    settings: Settings,
    spec: Spec,
    now: Now,
    state: Mutex<State>,
    gate: Gate,
}

#[derive(Debug, Default)]
struct State {
    messages: Vec<Message>,
    traffic: Traffic,
    /// Answers to the next calls, whatever they are.
    refusals: VecDeque<Refusal>,
    /// Method, and what it was given.
    calls: Vec<(String, Value)>,
}

impl Refusal {
    /// A refusal with a status and its words.
    #[must_use]
    pub fn new(code: u16, description: &str) -> Refusal {
        Refusal { code, description: description.to_owned(), parameters: None }
    }

    /// `Too Many Requests`.
    #[must_use]
    pub fn too_many(seconds: i64) -> Refusal {
        let description = format!("Too Many Requests: retry after {seconds}");
        Refusal { code: 429, description, parameters: Some(json!({ "retry_after": seconds })) }
    }

    fn bad(why: &str) -> Refusal {
        Refusal::new(400, &format!("Bad Request: {why}"))
    }
}

impl BotApi {
    /// Listens on a free port of loopback. Its clock stands still, so that only `limits` of a whole test count.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(settings: Settings) -> io::Result<BotApi> {
        BotApi::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), settings, Box::new(|| 1_700_000_000_000))
    }

    /// Listens on an address, with a clock.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn start_at(address: SocketAddr, settings: Settings, now: Now) -> io::Result<BotApi> {
        let bot = Arc::new(Bot { settings, spec: Spec::new(), now, state: Mutex::default(), gate: Gate::default() });
        let answering = Arc::clone(&bot);
        let server = Server::start(address, move |request| answering.answer(request))?;
        Ok(BotApi { server, bot })
    }

    /// What clients take for `https://api.telegram.org`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// All messages as they stand now, in the order in which they were sent.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.bot.state().messages.clone()
    }

    /// All calls with what they were given, also those that were refused.
    #[must_use]
    pub fn calls(&self) -> Vec<(String, Value)> {
        self.bot.state().calls.clone()
    }

    /// Refuses the next call; more than one wait in line.
    pub fn refuse_next(&self, refusal: Refusal) {
        self.bot.state().refusals.push_back(refusal);
    }

    /// Has the next call wait; more than one wait in line.
    pub fn hold_next(&self, hold: Hold) {
        self.bot.gate.hold_next(hold);
    }

    /// Waits until a call is held. Whether one is, at the latest after this time.
    #[must_use]
    pub fn wait_until_held(&self, patience: Duration) -> bool {
        self.bot.gate.wait_until_held(patience)
    }

    /// Lets a call that is held go on.
    pub fn let_go(&self) {
        self.bot.gate.release(true);
    }

    /// Has a call that is held get lost on its way: what was not taken will not be, and its sender gets no answer that means anything.
    pub fn lose(&self) {
        self.bot.gate.release(false);
    }

    /// Returns when everything that clients sent before has been taken, also that of clients that have died meanwhile. Calls that are held
    /// must be let go before.
    ///
    /// # Errors
    /// When it does not listen any more.
    pub fn settle(&self) -> io::Result<()> {
        self.server.settle()
    }

    /// Waits until the process ends.
    pub fn wait(self) {
        self.server.wait();
    }
}

impl Bot {
    fn state(&self) -> MutexGuard<'_, State> {
        // What a panicking thread left is still what was sent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &Request) -> Response {
        if !self.gate.pass(Hold::BeforeTaking) {
            return lost();
        }
        let outcome = self.call(request);
        if !self.gate.pass(Hold::BeforeAnswering) {
            return lost();
        }
        let (status, body) = match outcome {
            Ok(result) => (200, json!({ "ok": true, "result": result })),
            Err(refusal) => {
                let mut body = json!({ "ok": false, "error_code": refusal.code, "description": refusal.description });
                if let Some(parameters) = refusal.parameters {
                    body["parameters"] = parameters;
                }
                (refusal.code, body)
            }
        };
        let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        if let Some(seconds) = body["parameters"]["retry_after"].as_i64() {
            headers.push(("Retry-After".to_owned(), seconds.to_string()));
        }
        Response { status, headers, body: body.to_string() }
    }

    fn call(&self, request: &Request) -> Result<Value, Refusal> {
        let path = request.target.split('?').next().unwrap_or_default();
        let (token, method) = path
            .strip_prefix("/bot")
            .and_then(|path| path.split_once('/'))
            .ok_or_else(|| Refusal::new(404, "Not Found"))?;
        if token != self.settings.token {
            return Err(Refusal::new(401, "Unauthorized"));
        }
        let method = self.spec.method(method).ok_or_else(|| Refusal::new(404, "Not Found: method not found"))?;
        let given = given(request)?;
        let mut state = self.state();
        state.calls.push((method.to_owned(), Value::Object(given.clone())));
        if let Some(refusal) = state.refusals.pop_front() {
            return Err(refusal);
        }
        self.spec.check(method, &given).map_err(|why| Refusal::bad(&why))?;
        match method {
            "sendMessage" => self.send(&mut state, given),
            "editMessageText" => self.edit(&mut state, &given),
            "editMessageReplyMarkup" => find(&mut state, &given).map(|message| {
                message.edits += 1;
                self.shown(message)
            }),
            "deleteMessage" => {
                let id = find(&mut state, &given)?.id;
                state.messages.retain(|message| message.id != id);
                Ok(Value::Bool(true))
            }
            "getMe" => Ok(json!({ "id": 1, "is_bot": true, "first_name": "Fake", "username": "fake_bot" })),
            "getUpdates" => Ok(json!([])),
            _ => Ok(Value::Bool(true)),
        }
    }

    fn send(&self, state: &mut State, given: Map<String, Value>) -> Result<Value, Refusal> {
        let chat = self.chat(&given)?;
        let text = shown_text(&given)?;
        if let Some(topic) = given.get("message_thread_id").and_then(Value::as_i64)
            && !self.settings.topics.get(&chat).is_some_and(|topics| topics.contains(&topic))
        {
            return Err(Refusal::bad("message thread not found"));
        }
        if let Some(reply) = given.get("reply_parameters") {
            let is_there =
                state.messages.iter().any(|message| message.chat == chat && reply["message_id"] == message.id);
            if !is_there && reply["allow_sending_without_reply"] != true {
                return Err(Refusal::bad("message to be replied not found"));
            }
        }
        state.traffic.count(&self.settings.limits, chat, (self.now)()).map_err(Refusal::too_many)?;
        let id = state.messages.last().map_or(1, |last| last.id + 1);
        let message = Message { id, chat, text, given: Value::Object(given), edits: 0 };
        let shown = self.shown(&message);
        state.messages.push(message);
        Ok(shown)
    }

    fn edit(&self, state: &mut State, given: &Map<String, Value>) -> Result<Value, Refusal> {
        let chat = self.chat(given)?;
        let text = shown_text(given)?;
        let message = &*find(state, given)?;
        let same = |key: &str| message.given.get(key) == given.get(key);
        if message.text == text && same("text") && same("reply_markup") {
            let why = "message is not modified: specified new message content and reply markup are exactly the same as a current \
                       content and reply markup of the message";
            return Err(Refusal::bad(why));
        }
        state.traffic.count(&self.settings.limits, chat, (self.now)()).map_err(Refusal::too_many)?;
        let message = find(state, given)?;
        message.text = text;
        for (key, value) in given {
            message.given[key] = value.clone();
        }
        message.edits += 1;
        Ok(self.shown(message))
    }

    /// The chat that is named, if the bot may write there.
    fn chat(&self, given: &Map<String, Value>) -> Result<i64, Refusal> {
        let named = given.get("chat_id");
        let chat = named.and_then(|chat| chat.as_i64().or_else(|| chat.as_str()?.parse().ok()));
        let chat = chat.ok_or_else(|| Refusal::bad("chat not found"))?;
        if let Some(new) = self.settings.moved.get(&chat) {
            let mut refusal = Refusal::bad("group chat was upgraded to a supergroup chat");
            refusal.parameters = Some(json!({ "migrate_to_chat_id": new }));
            return Err(refusal);
        }
        if self.settings.blocked.contains(&chat) {
            return Err(Refusal::new(403, "Forbidden: bot was blocked by the user"));
        }
        if !self.settings.chats.contains(&chat) {
            return Err(Refusal::bad("chat not found"));
        }
        Ok(chat)
    }

    fn shown(&self, message: &Message) -> Value {
        let kind = if message.chat < 0 { "supergroup" } else { "private" };
        json!({
            "message_id": message.id,
            "date": (self.now)() / 1000,
            "chat": { "id": message.chat, "type": kind },
            "text": message.text,
        })
    }
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bot").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What whoever stands between gives for an answer.
fn lost() -> Response {
    Response { status: 502, headers: Vec::new(), body: "lost on its way\n".to_owned() }
}

fn given(request: &Request) -> Result<Map<String, Value>, Refusal> {
    if request.body.is_empty() {
        return Ok(Map::new());
    }
    match request.header("content-type").split(';').next().unwrap_or_default().trim() {
        "application/json" => match serde_json::from_slice(&request.body) {
            Ok(Value::Object(given)) => Ok(given),
            _ => Err(Refusal::bad("can't parse JSON object")),
        },
        _ => Err(Refusal::new(501, "not built yet: bodies other than JSON")),
    }
}

/// The message that is named.
fn find<'s>(state: &'s mut State, given: &Map<String, Value>) -> Result<&'s mut Message, Refusal> {
    let number = |key: &str| given.get(key).and_then(Value::as_i64);
    let (chat, id) = (number("chat_id"), number("message_id"));
    let found = state.messages.iter_mut().find(|message| Some(message.chat) == chat && Some(message.id) == id);
    found.ok_or_else(|| Refusal::bad("message to edit not found"))
}

/// The text as it is shown: parsed, neither empty nor too long.
fn shown_text(given: &Map<String, Value>) -> Result<String, Refusal> {
    let field = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
    let text = markup::parse(field("text"), field("parse_mode")).map_err(|why| Refusal::bad(&why))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    if text.encode_utf16().count() > MAX_TEXT_UNITS {
        return Err(Refusal::bad("message is too long"));
    }
    Ok(text.to_owned())
}
