use std::io::Write;
use std::sync::Arc;

use axum::body::Body as HttpBody;
use axum::http::Request;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use http_body_util::BodyExt;
use intake::{Additions, IntakeLimits, StreamLabels};
use model::ManualClock;
use storage::logs::{BodyDecoder, LogBatch};
use storage::{LogStore, Result as StoreResult};
use testkit::{MemoryLogStore, Random, seed};
use tower::ServiceExt;

use super::*;
use crate::tests::api_with_logs;

/// The tests' clock stands at 100 s.
const NOW_NS: i64 = 100_000_000_000;

/// Lines as texts: labels, time, line, metadata.
fn lines_of(request: &intake::PushRequest<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for stream in request.streams() {
        let labels = match stream.labels() {
            StreamLabels::Known(labels) => model::Labels::from_bytes(labels).expect("canonical").to_string(),
            StreamLabels::Unreadable { text, reason } => format!("unreadable {text}: {reason}"),
            StreamLabels::Duplicate { text, name } => format!("duplicate {name} in {text}"),
        };
        for line in stream.lines() {
            let metadata = model::Labels::from_bytes(line.metadata).expect("canonical");
            lines.push(format!("{labels} {} {} {metadata}", line.time_ns, String::from_utf8_lossy(line.line)));
        }
    }
    lines
}

fn check_json(body: &str, expected: Result<&[&str], &str>) {
    let got = json::decode(body.as_bytes()).map(|request| lines_of(&request)).map_err(|error| error.to_string());
    match (&got, expected) {
        (Ok(got), Ok(expected)) => assert_eq!(got, expected, "{body}"),
        (Err(got), Err(expected)) => assert!(got.contains(expected), "{body}: {got}"),
        _ => panic!("{body}: {got:?}"),
    }
}

#[test]
fn json_is_read() {
    let one = |stream: &str| format!(r#"{{"streams":[{stream}]}}"#);
    check_json("{}", Ok(&[]));
    check_json(r#" {"streams" : [ ] , "other":[1,{"a":"]"}]} "#, Ok(&[]));
    check_json(
        &one(
            r#"{"stream":{"b":"2","a":"1","b":"3"},"values":[["5","x\"\né\ud83d\ude00\ud800"],["6","",{"t":"1","a.b":"2"}]]}"#,
        ),
        Ok(&["{a=\"1\", b=\"3\"} 5 x\"\né😀\u{fffd} {}", "{a=\"1\", b=\"3\"} 6  {a_b=\"2\", t=\"1\"}"]),
    );
    check_json(
        &one(r#"{"values":[["5","x"]],"hash":1,"stream":{"n":123,"t":true,"z":null,"o":{ "a":[1] },"e":""}}"#),
        Ok(&["{n=\"123\", o=\"{ \\\"a\\\":[1] }\", t=\"true\", z=\"null\"} 5 x {}"]),
    );
    check_json(&one(r#"{"values":[["5","x"]]}"#), Ok(&["{} 5 x {}"]));
    check_json(&one(r#"{"stream":{"a":"1"}}"#), Ok(&[]));
    for (stream, error) in [
        (r#"{"stream":{"a":None}}"#, "expected a value"),
        (r#"{"stream":{"a":01},"values":[]}"#, "expected a value"),
        (r#"{"stream":[]}"#, "expected an object"),
        (r#"{"stream":{},"values":[[5,"x"]]}"#, "expected a string"),
        (r#"{"stream":{},"values":[["5",1]]}"#, "expected a string"),
        (r#"{"stream":{},"values":[["5"]]}"#, "needs a timestamp and a line"),
        (r#"{"stream":{},"values":[["x","x"]]}"#, "strconv.ParseInt: parsing \"x\": invalid syntax"),
        (r#"{"stream":{},"values":[["5","x",{"a":1}]]}"#, "expected a string"),
        (r#"{"stream":{},"values":[["5","x",["a"]]]}"#, "expected an object"),
        (r#"{"stream":{},"values":[["5","\x"]]}"#, "unknown escape"),
        (r#"{"stream":{},"values":[["5","\u12g4"]]}"#, "four hexadecimal digits"),
        (r#"{"stream":{},"values":[["5","x"],]}"#, "expected an array"),
    ] {
        check_json(&one(stream), Err(error));
    }
    for (body, error) in [
        ("", "expected an object"),
        ("[]", "expected an object"),
        ("{", "expected a string"),
        (r#"{"streams":"#, "expected an array"),
        (r#"{"streams":[]} {}"#, "unexpected input"),
        (r#"{"a":"x"#, "does not end"),
        (r#"{"a":"x\"#, "does not end"),
        (r#"{"a":[[{"b":"}"}]"#, "unexpected end"),
    ] {
        check_json(body, Err(error));
    }
    let pairs: Vec<String> = (0..1_001).map(|i| format!("\"l{i}\":\"\"")).collect();
    check_json(&one(&format!("{{\"stream\":{{{}}}}}", pairs.join(","))), Err("1000 labels at most"));
}

#[test]
fn the_early_shape_is_read() {
    let body = r#"{"streams":[{"entries":[{"ts":"1970-01-01T00:00:05.5Z","line":"a\tb"}],"labels":"{a=\"1\"}"}]}"#;
    let request = json::decode_legacy(body.as_bytes()).expect("a request");
    assert_eq!(lines_of(&request), ["{a=\"1\"} 5500000000 a\tb {}"]);
    let body = r#"{"streams":[{"entries":[{"ts":"5","line":""}],"labels":"{}"}]}"#;
    assert!(json::decode_legacy(body.as_bytes()).is_err());
}

/// A field of protobuf with a length.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2];
    let mut len = bytes.len();
    while len >= 0x80 {
        out.push((len as u8 & 0x7f) | 0x80);
        len >>= 7;
    }
    out.push(len as u8);
    out.extend_from_slice(bytes);
    out
}

fn entry(seconds: u8, line: &[u8], metadata: &[(&str, &str)]) -> Vec<u8> {
    let mut entry = field(1, &[0x08, seconds, 0x10, 7]);
    entry.extend(field(2, line));
    for (name, value) in metadata {
        entry.extend(field(3, &[field(1, name.as_bytes()), field(2, value.as_bytes())].concat()));
    }
    field(2, &entry)
}

fn stream(labels: &str, entries: &[Vec<u8>]) -> Vec<u8> {
    field(1, &[field(1, labels.as_bytes()), entries.concat(), vec![0x18, 0x80, 0x01]].concat())
}

#[test]
fn protobuf_is_read() {
    let body = [
        stream(r#"{b="2", a="1"}"#, &[entry(5, b"x\xff", &[("t", "1")]), entry(6, b"", &[])]),
        stream(r#"{ a = "\"é\\", }"#, &[entry(7, b"y", &[])]),
        stream("{a=", &[entry(8, b"z", &[])]),
        stream(r#"{a="1",a="2"}"#, &[entry(8, b"z", &[])]),
        field(2, b"loki"),
    ]
    .concat();
    let request = protobuf::decode(&body).expect("a request");
    let lines = lines_of(&request);
    assert_eq!(
        lines[..3],
        [
            "{a=\"1\", b=\"2\"} 5000000007 x\u{fffd} {t=\"1\"}",
            "{a=\"1\", b=\"2\"} 6000000007  {}",
            "{a=\"\\\"é\\\\\"} 7000000007 y {}",
        ]
    );
    assert!(lines[3].starts_with("unreadable {a=: 1:4: parse error"), "{}", lines[3]);
    assert_eq!(lines[4], "duplicate a in {a=\"1\", a=\"2\"} 8000000007 z {}");
    // The order of fields within a message is free.
    let turned = field(1, &[entry(5, b"x", &[]), field(1, br#"{a="1"}"#)].concat());
    assert_eq!(lines_of(&protobuf::decode(&turned).expect("a request")), ["{a=\"1\"} 5000000007 x {}"]);
    for (bytes, error) in [
        (&b"\x0a\x05"[..], "unexpected EOF"),
        (b"\x0a", "unexpected EOF"),
        (b"\x0b", "illegal wireType 3"),
        (b"\x02\x00", "illegal tag 0"),
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "integer overflow"),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "unexpected EOF"),
    ] {
        assert_eq!(
            protobuf::decode(bytes).map(drop).map_err(|e| e.to_string().contains(error)),
            Err(true),
            "{bytes:x?}"
        );
    }
}

#[test]
fn formats_are_named_by_headers() {
    let all = Additions::default();
    for (content_type, encoding, expected) in [
        ("application/json", "", Ok(2)),
        ("APPLICATION/JSON; charset=utf-8;", "gzip", Ok(2 | 4)),
        ("application/json;charset=\"utf-8\"", "deflate", Ok(2 | 8)),
        ("application/x-protobuf", "snappy", Ok(1)),
        ("application/x-protobuf", "gzip", Ok(1 | 4)),
        ("text/plain", "", Ok(1)),
        ("", "", Err("mime: no media type")),
        ("application/json; charsetutf-8", "", Err("mime: invalid media parameter")),
        ("a b", "", Err("mime: expected token after slash")),
        ("application/json", "br", Err("Content-Encoding \"br\" not supported")),
    ] {
        let got = body::format_of(content_type, encoding, false, all).map_err(|error| error.to_string());
        assert_eq!(got, expected.map_err(ToOwned::to_owned), "{content_type:?} {encoding:?}");
    }
    let none = Additions { service_name: false, level: false };
    assert_eq!(body::format_of("application/json", "", true, none), Ok(3 | 16 | 32));
    for format in [0, 4, 12 | 2, 64 | 2, 128 | 2] {
        let body = ReceivedBody { format, received_ns: 0, bytes: b"{}" };
        assert_eq!(body.decompress(100), Err(PushError::UnknownFormat(format)));
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes it")
}

#[test]
fn bodies_are_decompressed_up_to_a_bound() {
    let text = b"{\"streams\":[]}".repeat(10);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    let zlib = zlib.write_all(&text).and_then(|()| zlib.finish()).expect("memory takes it");
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::none());
    let deflate = deflate.write_all(&text).and_then(|()| deflate.finish()).expect("memory takes it");
    let snappy = snap::raw::Encoder::new().compress_vec(&text).expect("memory takes it");
    let twice_gzip = [gzip(&text[..50]), gzip(&text[50..])].concat();
    for (format, bytes) in [
        (2, text.clone()),
        (2 | 4, gzip(&text)),
        (2 | 4, twice_gzip),
        (2 | 8, zlib),
        (2 | 8, deflate),
        (1, snappy.clone()),
        (1 | 4, gzip(&snappy)),
    ] {
        let body = ReceivedBody { format, received_ns: 0, bytes: &bytes };
        assert_eq!(body.decompress(1 << 20).as_deref(), Ok(&text[..]), "{format}");
        if format != 2 {
            let error = body.decompress(text.len() - 1).expect_err("too large");
            assert!(error.is_too_large() && error.to_string().contains("vs 139)"), "{format}: {error}");
        }
        if format & 0b1101 != 0 {
            let cut = ReceivedBody { bytes: &bytes[..bytes.len() - 3], ..body };
            assert!(cut.decompress(1 << 20).is_err(), "{format}");
        }
    }
    // A block that claims to be larger than it can be is not believed.
    let claim = [0xff, 0xff, 0xff, 0x1f, 0x00, 0x61];
    let body = ReceivedBody { format: 1, received_ns: 0, bytes: &claim };
    assert_eq!(body.decompress(1 << 30), Err(PushError::invalid("snappy: corrupt input")));
    let bomb = gzip(&vec![0; 80 << 20]);
    assert!(bomb.len() < MAX_ENCODED_BYTES);
    let body = ReceivedBody { format: 2 | 4, received_ns: 0, bytes: &bomb };
    assert!(body.decompress(MAX_DECODED_BYTES).expect_err("a bomb").is_too_large());
    // As many lines as fit into a body would take gigabytes.
    let flood = field(1, &[0x12, 0x00].repeat(600_000));
    assert!(protobuf::decode(&flood).expect_err("a flood").to_string().contains("500000 lines at most"));
}

async fn push_to(store: &Arc<MemoryLogStore>, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, String) {
    let mut request = Request::post(path).header("host", "127.0.0.1:7070");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(HttpBody::from(body)).expect("a request");
    let response = crate::router(api_with_logs(store)).oneshot(request).await.expect("the router answers");
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.expect("the body is there").to_bytes();
    (status, String::from_utf8(body.to_vec()).expect("answers are text"))
}

#[tokio::test]
async fn pushed_lines_are_kept() {
    let store = Arc::new(MemoryLogStore::new());
    let json = [("content-type", "application/json")];
    let body = |time: &str| format!(r#"{{"streams":[{{"stream":{{"app":"x"}},"values":[["{time}","an error"]]}}]}}"#);
    let path = "/loki/api/v1/push";
    assert_eq!(push_to(&store, path, &json, body("99000000000").into()).await, (204, String::new()));
    let gzipped = [json[0], ("content-encoding", "gzip")];
    assert_eq!(push_to(&store, path, &gzipped, gzip(body("98000000000").as_bytes())).await.0, 204);
    let protobuf = stream(r#"{app="x"}"#, &[entry(97, b"level=warn", &[])]);
    let protobuf = snap::raw::Encoder::new().compress_vec(&protobuf).expect("memory takes it");
    let header = [("content-type", "application/x-protobuf")];
    assert_eq!(push_to(&store, "/api/prom/push", &header, protobuf).await.0, 204);
    let kept: Vec<(i64, String, String)> = (store.dump().into_iter())
        .map(|line| {
            let metadata = model::Labels::from_bytes(&line.metadata).expect("canonical");
            (line.time_ns, line.labels.to_string(), metadata.get("detected_level").to_owned())
        })
        .collect();
    let labels = r#"{app="x", service_name="x"}"#;
    let expected = [(99_000_000_000, "error"), (98_000_000_000, "error"), (97_000_000_007, "warn")];
    assert_eq!(kept, expected.map(|(time_ns, level)| (time_ns, labels.to_owned(), level.to_owned())));
}

#[tokio::test]
async fn what_is_refused_is_said() {
    let store = Arc::new(MemoryLogStore::new());
    let json = [("content-type", "application/json")];
    let path = "/loki/api/v1/push";
    let late = r#"{"streams":[{"stream":{"app":"x"},"values":[["99000000000","a"],["999000000000","b"],["999000000000","c"]]}]}"#;
    let expected = "2 errors like: entry for stream '{app=\"x\", service_name=\"x\"}' has timestamp too new: 1970-01-01T00:16:39Z\n";
    assert_eq!(push_to(&store, path, &json, late.into()).await, (400, expected.to_owned()));
    assert_eq!(store.dump().len(), 1, "the valid line is kept");
    assert_eq!(push_to(&store, path, &[], b"{}".to_vec()).await, (400, "mime: no media type\n".to_owned()));
    let protobuf = [("content-type", "application/x-protobuf")];
    assert_eq!(push_to(&store, path, &protobuf, b"{}".to_vec()).await, (400, "snappy: corrupt input\n".to_owned()));
    let size = MAX_ENCODED_BYTES + 1;
    let (status, text) = push_to(&store, path, &json, vec![b' '; size]).await;
    assert_eq!((status, text), (413, format!("received message larger than max ({size} vs {MAX_ENCODED_BYTES})\n")));
    let gzipped = [json[0], ("content-encoding", "gzip")];
    assert_eq!(push_to(&store, path, &gzipped, gzip(&vec![b' '; MAX_DECODED_BYTES + 1])).await.0, 413);
    assert_eq!(store.dump().len(), 1);
}

/// A store that takes nothing, or keeps the last body.
struct Closed(ErrorKind);

#[derive(Default)]
struct Bodies(parking_lot::Mutex<Vec<KeptBody>>, MemoryLogStore);

/// Format, time of receipt, bytes, what is left out.
type KeptBody = (u8, i64, Vec<u8>, Vec<u32>);

macro_rules! forward_reads {
    ($self:ident => $inner:expr) => {
        fn source_end(&$self, t: TenantId, s: storage::logs::SourceId) -> StoreResult<Option<u64>> { $inner.source_end(t, s) }
        fn select_streams(&$self, t: TenantId, s: &[Vec<model::Matcher>], r: storage::NanoRange, l: &storage::LogLimits, c: &storage::CancelToken) -> StoreResult<Vec<storage::logs::Stream>> { $inner.select_streams(t, s, r, l, c) }
        fn select_lines<'a>(&'a $self, t: TenantId, q: storage::LineQuery, l: &storage::LogLimits, c: &storage::CancelToken) -> StoreResult<storage::logs::LineStream<'a>> { $inner.select_lines(t, q, l, c) }
        fn label_names(&$self, t: TenantId, s: &[Vec<model::Matcher>], r: storage::NanoRange, c: &storage::CancelToken) -> StoreResult<Vec<String>> { $inner.label_names(t, s, r, c) }
        fn label_values(&$self, t: TenantId, n: &str, s: &[Vec<model::Matcher>], r: storage::NanoRange, c: &storage::CancelToken) -> StoreResult<Vec<String>> { $inner.label_values(t, n, s, r, c) }
        fn volumes(&$self, t: TenantId, s: &[Vec<model::Matcher>], r: storage::NanoRange, c: &storage::CancelToken) -> StoreResult<Vec<storage::logs::StreamVolume>> { $inner.volumes(t, s, r, c) }
        fn tail(&$self, t: TenantId, m: Vec<model::Matcher>, s: Box<dyn storage::logs::TailSink>) -> StoreResult<storage::logs::TailGuard> { $inner.tail(t, m, s) }
        fn enforce_retention(&$self, now_ns: i64) -> StoreResult<u64> { $inner.enforce_retention(now_ns) }
    };
}

static EMPTY: std::sync::LazyLock<MemoryLogStore> = std::sync::LazyLock::new(MemoryLogStore::new);

impl LogStore for Closed {
    fn append(&self, _: TenantId, _: &LogBatch<'_>) -> StoreResult<storage::LogAck> {
        Err(storage::Error::new(self.0, "no room"))
    }
    forward_reads!(self => EMPTY);
}

impl LogStore for Bodies {
    fn append(&self, tenant: TenantId, batch: &LogBatch<'_>) -> StoreResult<storage::LogAck> {
        if let Some(body) = batch.body {
            self.0.lock().push((body.format, body.received_ns, body.bytes.to_vec(), body.left_out.to_vec()));
        }
        self.1.append(tenant, batch)
    }
    forward_reads!(self => self.1);
}

#[tokio::test]
async fn a_store_that_takes_nothing_is_told() {
    for (kind, status) in [(ErrorKind::Full, 503), (ErrorKind::Closed, 503), (ErrorKind::Io, 500)] {
        let api = api_with_logs(&Arc::new(MemoryLogStore::new()));
        let mut api = Arc::into_inner(api).expect("nobody else has it");
        api.intake =
            Arc::new(intake::Intake::new(Arc::new(Closed(kind)), Arc::clone(&api.clock), IntakeLimits::default()));
        let body = r#"{"streams":[{"stream":{"app":"x"},"values":[["99000000000","a"]]}]}"#;
        let request =
            Request::post("/loki/api/v1/push").header("host", "[::1]").header("content-type", "application/json");
        let response =
            crate::router(Arc::new(api)).oneshot(request.body(HttpBody::from(body)).expect("a request")).await;
        let response = response.expect("the router answers");
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers().contains_key("retry-after"), status == 503);
    }
}

/// A body of some lines, some of them beyond a limit.
fn random_body(random: &mut Random) -> Vec<u8> {
    let texts = ["plain", "level=error x", "{\\\"level\\\":\\\"warn\\\"}", "é\\n", ""];
    let streams: Vec<String> = (0..random.below(4))
        .map(|i| {
            let values: Vec<String> = (0..random.below(6))
                .map(|_| {
                    let time_ns = if random.below(4) == 0 { NOW_NS * 100 } else { NOW_NS - random.below(1_000) as i64 };
                    let metadata = ["", ",{}", ",{\"level\":\"debug\"}", ",{\"a\":\"1\"}"][random.below(4)];
                    format!("[\"{time_ns}\",\"{}\"{metadata}]", texts[random.below(texts.len())])
                })
                .collect();
            let labels = ["{\"app\":\"a\"}", "{}", "{\"level\":\"odd\"}"][random.below(3)];
            format!("{{\"stream\":{labels},\"values\":[{}],\"n\":{i}}}", values.join(","))
        })
        .collect();
    format!("{{\"streams\":[{}]}}", streams.join(",")).into_bytes()
}

#[test]
fn logged_bodies_give_the_lines_that_were_written() {
    let mut random = Random(seed(1));
    let store = Arc::new(Bodies::default());
    let mut expected = 0;
    for round in 0..200 {
        let additions = Additions { service_name: round % 3 != 0, level: round % 5 != 0 };
        let clock = Arc::new(ManualClock::new(NOW_NS / 1_000_000));
        let intake = intake::Intake::with_additions(Arc::clone(&store) as _, clock, IntakeLimits::default(), additions);
        let body = random_body(&mut random);
        let format = body::format_of("application/json", "", false, additions).expect("a format");
        let before = store.1.dump().len();
        let bodies_before = store.0.lock().len();
        let body = ReceivedBody { format, received_ns: 7, bytes: &body };
        let request = body.decode(body.bytes).expect("a request");
        let logged = Body { format, received_ns: 7, bytes: body.bytes, left_out: &[] };
        intake.push(TenantId::default(), &request, Some(logged), None).expect("the memory takes it");
        let written = store.1.dump().split_off(before);
        let Some((format, received_ns, bytes, left_out)) = store.0.lock().get(bodies_before).cloned() else { continue };
        let mut replayed = Vec::new();
        let mut index = 0;
        let logged = Body { format, received_ns, bytes: &bytes, left_out: &left_out };
        LokiBodies
            .decode(&logged, &mut |labels, line| {
                if !left_out.contains(&index) {
                    replayed.push((labels.to_vec(), line.time_ns, line.line.to_vec(), line.metadata.to_vec()));
                }
                index += 1;
            })
            .expect("it decodes");
        let written: Vec<_> = (written.into_iter())
            .map(|line| (line.labels.as_bytes().to_vec(), line.time_ns, line.line, line.metadata))
            .collect();
        assert_eq!(replayed, written);
        expected += written.len();
    }
    assert!(expected > 500, "{expected} lines were compared");
    let broken = Body { format: 1, received_ns: 0, bytes: b"x", left_out: &[] };
    let kind = |body: &Body<'_>| LokiBodies.decode(body, &mut |_, _| {}).map_err(|error| error.kind());
    assert_eq!(kind(&broken), Err(ErrorKind::Corrupt));
    assert_eq!(kind(&Body { format: 255, ..broken }), Err(ErrorKind::NotBuilt));
}

#[test]
fn any_bytes_are_read_or_refused() {
    let iterations = std::env::var("FUZZ_ITERATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(3_000);
    let mut random = Random(seed(2));
    let protobuf = stream(r#"{app="x"}"#, &[entry(97, b"level=warn", &[("a", "b")]), entry(1, b"y", &[])]);
    let legacy = br#"{"streams":[{"labels":"{a=\"1\"}","entries":[{"ts":"1970-01-01T00:00:05Z","line":"x"}]}]}"#;
    let seeds: [(u8, Vec<u8>); 6] = [
        (1, snap::raw::Encoder::new().compress_vec(&protobuf).expect("memory takes it")),
        (2, random_body(&mut random)),
        (3, legacy.to_vec()),
        (2 | 4, gzip(&random_body(&mut random))),
        (2 | 8, gzip(&random_body(&mut random)).split_off(10)),
        (0, protobuf),
    ];
    let mut n_read = 0;
    for _ in 0..iterations {
        let (format, mut bytes) = seeds[random.below(seeds.len())].clone();
        for _ in 0..random.below(4) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] = random.next() as u8,
                1 => bytes[at] ^= 1 << random.below(8),
                2 => bytes.truncate(at.max(1)),
                _ => {
                    let piece = bytes[at..].to_vec();
                    bytes.extend(piece);
                }
            }
        }
        let body = ReceivedBody { format, received_ns: 0, bytes: &bytes };
        if format == 0 {
            n_read += usize::from(protobuf::decode(&bytes).is_ok());
            continue;
        }
        let Ok(decompressed) = body.decompress(1 << 20) else { continue };
        assert!(decompressed.len() <= (1 << 20).max(bytes.len()));
        n_read += usize::from(body.decode(&decompressed).is_ok());
    }
    assert!(n_read > 0, "some bodies survive");
}
