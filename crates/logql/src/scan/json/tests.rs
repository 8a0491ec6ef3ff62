use super::*;

/// The members of an object, strings decoded; and the error that ends them.
fn members(text: &str) -> (Vec<(String, String)>, Option<String>) {
    let mut found = Vec::new();
    let mut read = || {
        let mut members = Members::of(text.as_bytes())?;
        let (mut a, mut b) = (Vec::new(), Vec::new());
        while let Some((key, value)) = members.next()? {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            found.push((text(key.text(&mut a)), text(value.text(&mut b))));
        }
        Ok(())
    };
    let error = read().err().map(|error: JsonError| error.to_string());
    (found, error)
}

fn check(text: &str, expected: &[(&str, &str)], error: Option<&str>) {
    let (found, failure) = members(text);
    let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!((found.as_slice(), failure.as_deref()), (expected, error), "{text}");
}

#[test]
fn reads_members() {
    check(
        r#" {"a":1, "b" : "x\ny","c":[1,{"d":2}], "e":{"f":"}"},"g":true,"h":null}"#,
        &[("a", "1"), ("b", "x\ny"), ("c", r#"[1,{"d":2}]"#), ("e", r#"{"f":"}"}"#), ("g", "true"), ("h", "null")],
        None,
    );
    check("{}", &[], None);
    check(r#"{"a":1,}"#, &[("a", "1")], None);
    check(r#"{"a":1} trailing"#, &[("a", "1")], None);
    check(r#"{"a\u0041":"bad \x"}"#, &[("aA", "")], None);
}

#[test]
fn says_where_it_gave_up() {
    let object = "Value looks like object, but can't find closing '}' symbol";
    let array = "Value is array, but can't find closing ']' symbol";
    for text in ["", "x", "[1]", "{n}", r#"{"a":1 "b":2}"#, r#"{"a":{"b":1"#] {
        check(text, &[], Some(object));
    }
    for text in [r#"{"a":1"#, r#"{"a":1,"#, r#"{"a":[1"#] {
        check(text, &[], Some(array));
    }
    for text in ["{", r#"{"a"#, r#"{"a" 1}"#, r#"{"a":"#] {
        check(text, &[], Some("Malformed JSON error"));
    }
    check(r#"{"a":"b"#, &[], Some("Value is string, but can't find closing '\"' symbol"));
    check(r#"{"a":nope}"#, &[], Some("Unknown value type"));
    check(r#"{"\x":1}"#, &[], Some("Encountered an invalid escape sequence in a string"));
}

#[test]
fn follows_paths() {
    let line = r#"{"pod":{"ids":[1,[2,{"x":"deep"}],"three"],"n":null},"a b":"c","pod":{"late":1}}"#;
    let check = |steps: &[Step<'_>], expected: Option<&str>| {
        let found = find(line.as_bytes(), steps.iter().copied());
        assert_eq!(
            found.map(|value| String::from_utf8_lossy(value.raw).into_owned()).as_deref(),
            expected,
            "{steps:?}"
        );
    };
    check(&[Step::Key("a b")], Some("c"));
    check(&[Step::Key("pod"), Step::Key("ids"), Step::Index(0)], Some("1"));
    check(&[Step::Key("pod"), Step::Key("ids"), Step::Index(1), Step::Index(1), Step::Key("x")], Some("deep"));
    check(&[Step::Key("pod"), Step::Key("ids"), Step::Index(2)], Some("three"));
    check(&[Step::Key("pod"), Step::Key("ids"), Step::Index(3)], None);
    check(&[Step::Key("pod"), Step::Index(0)], None);
    check(&[Step::Key("pod"), Step::Key("late")], None);
    check(&[Step::Key("pod"), Step::Key("n")], Some("null"));
    assert_eq!(find(b"not json", [Step::Key("a")].into_iter()), None);
}

/// A random JSON object, and its members as another reader of JSON gives them.
fn random_object(random: &mut testkit::Random) -> serde_json::Map<String, serde_json::Value> {
    let mut object = serde_json::Map::new();
    for _ in 0..random.below(6) {
        object.insert(random_text(random), random_value(random, 3));
    }
    object
}

fn random_value(random: &mut testkit::Random, depth: usize) -> serde_json::Value {
    match random.below(if depth == 0 { 4 } else { 6 }) {
        0 => serde_json::Value::Null,
        1 => serde_json::Value::Bool(random.below(2) == 0),
        2 => serde_json::Value::from(random.next() as i64),
        3 => serde_json::Value::from(random_text(random)),
        4 => serde_json::Value::Array((0..random.below(3)).map(|_| random_value(random, depth - 1)).collect()),
        _ => serde_json::Value::Object(
            (0..random.below(3)).map(|_| (random_text(random), random_value(random, depth - 1))).collect(),
        ),
    }
}

fn random_text(random: &mut testkit::Random) -> String {
    let letters = ['a', 'b', '"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\n', '\u{1}', 'é', '😀', '/'];
    (0..random.below(6)).map(|_| letters[random.below(letters.len())]).collect()
}

#[test]
fn agrees_with_another_reader_on_valid_json() {
    let mut random = testkit::Random(testkit::seed(1));
    for _ in 0..3_000 {
        let object = random_object(&mut random);
        let text =
            if random.below(2) == 0 { serde_json::to_string(&object) } else { serde_json::to_string_pretty(&object) };
        let text = text.expect("it can be written");
        let (found, error) = members(&text);
        assert_eq!(error, None, "{text}");
        let expected: Vec<(String, String)> = object.into_iter().map(|(key, value)| (key, shown(&value))).collect();
        // What is not a text is shown as it stands in the line, spaces included.
        let plain =
            |value: &str| serde_json::from_str::<serde_json::Value>(value).map_or(value.to_owned(), |v| v.to_string());
        let found: Vec<(String, String)> = found.into_iter().map(|(key, value)| (key, plain(&value))).collect();
        let expected: Vec<(String, String)> = expected.into_iter().map(|(key, value)| (key, plain(&value))).collect();
        assert_eq!(found, expected, "{text}");
    }
}

fn shown(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

#[test]
fn never_panics_on_damaged_json() {
    let mut random = testkit::Random(testkit::seed(2));
    for _ in 0..20_000 {
        let object = random_object(&mut random);
        let mut bytes = serde_json::to_vec(&object).expect("it can be written");
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            match random.below(3) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, b"{}[]\",:\\ntu\xff"[random.below(12)]),
                _ if !bytes.is_empty() => bytes[at] = random.next() as u8,
                _ => {}
            }
        }
        if let Ok(mut members) = Members::of(&bytes) {
            let mut count = 0;
            while let Ok(Some((key, value))) = members.next() {
                key.text(&mut Vec::new());
                value.text(&mut Vec::new());
                count += 1;
                assert!(count <= bytes.len(), "every member takes a byte");
            }
        }
        find(&bytes, [Step::Key("a"), Step::Index(1), Step::Key("b")].into_iter());
    }
}
