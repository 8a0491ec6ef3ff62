//! The reader: what it makes of YAML, where it says things stand, and what it refuses.

use config::{Block, Node, Report, ScalarTag, Value, parse};
use proptest::prelude::*;

fn show(node: &Node) -> String {
    match node.value() {
        Value::Null => "~".to_owned(),
        Value::Scalar(scalar) => match scalar.tag {
            ScalarTag::Text => format!("'{}'", scalar.text),
            ScalarTag::Boolean(value) => format!("{}={value}", scalar.text),
            ScalarTag::Integer => format!("i{}", scalar.text),
            ScalarTag::Float => format!("f{}", scalar.text),
        },
        Value::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" ")),
        Value::Map(entries) => {
            let entry =
                |e: &config::Entry| format!("{}@{}:{}@{}", e.key, e.position, show(&e.value), e.value.position());
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(" "))
        }
    }
}

fn check(text: &str, expected: &str) {
    let got = match parse("f.yml", text) {
        Ok(node) => show(&node),
        Err(error) => format!("! {error}"),
    };
    assert_eq!(got, expected, "{text:?}");
}

#[test]
fn reads_values_as_they_are_written() {
    check("", "~");
    check("# only a comment\n", "~");
    check("a: 1.10\n", "{a@1:1:f1.10@1:4}");
    check("a: 0755\nb: 1_000\n", "{a@1:1:i0755@1:4 b@2:1:i1_000@2:4}");
    check("a: yes\nb: 'yes'\n", "{a@1:1:yes=true@1:4 b@2:1:'yes'@2:4}");
    check("a: [x, {b: 2}]\n", "{a@1:1:['x' {b@1:9:i2@1:12}]@1:4}");
    check("a: |\n  x\n  y\nb: >\n  x\n  y\n", "{a@1:1:'x\ny\n'@2:3 b@4:1:'x y\n'@5:3}");
    check("a: ~\nb:\nc: null\n", "{a@1:1:~@1:4 b@2:1:~@2:2 c@3:1:~@3:4}");
    check("a: .nan\nb: .inf\n", "{a@1:1:'.nan'@1:4 b@2:1:'.inf'@2:4}");
    check("\u{feff}a: 1\r\nb: x\r\n", "{a@1:1:i1@1:4 b@2:1:'x'@2:4}");
    check("a: &x\n  k: 1\nb:\n  <<: *x\n  l: 2\n", "{a@1:1:{k@2:3:i1@2:6}@2:3 b@3:1:{l@5:3:i2@5:6 k@4:7:i1@4:7}@4:3}");
    check("a: http://x:80/\n", "{a@1:1:'http://x:80/'@1:4}");
}

#[test]
fn refuses_with_file_line_and_column() {
    check("a: 1\na: 2\n", "! f.yml:2:1: duplicate mapping key: a");
    check("a: [\n", "! f.yml:1:4: unclosed bracket '['");
    check("a: b: c\n", "! f.yml:1:5: mapping values are not allowed in this context");
    check("a: 1\n---\nb: 2\n", "! f.yml:3:1: multiple YAML documents detected");
    check("a: *nope\n", "! f.yml:1:4: alias references unknown anchor");
    let deep = "[".repeat(100) + &"]".repeat(100);
    assert!(parse("f.yml", &deep).is_err());
}

#[test]
fn an_alias_bomb_does_not_go_off() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..12 {
        let items = vec![format!("*a{}", i - 1); 10].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{items}]\n"));
    }
    assert!(parse("f.yml", &bomb).is_err());
}

/// Reads a block with one key of each kind.
fn read(text: &str) -> (String, Vec<String>) {
    let report = Report::new();
    let result = (|| {
        let root = parse("f.yml", text)?;
        let mut block = Block::root(&root, "config.Config", &report)?;
        let mut out = Vec::new();
        out.extend(block.text("text")?.map(ToOwned::to_owned));
        out.extend(block.boolean("boolean")?.map(|v| v.to_string()));
        out.extend(block.unsigned("number")?.map(|v| v.to_string()));
        out.extend(block.texts("texts")?);
        out.extend(block.text_map("map")?.into_iter().map(|(entry, value)| format!("{}={value}", entry.key)));
        for mut inner in block.blocks("blocks", "config.Inner")? {
            out.extend(inner.text("name")?.map(ToOwned::to_owned));
            inner.not_built("later", "the rest of the block is read");
            inner.finish()?;
        }
        block.ignored("server", "there is no server");
        block.finish()?;
        Ok::<_, config::Error>(out.join(" "))
    })();
    let notices = report.into_notices().into_iter().filter(config::Notice::is_warning);
    (result.unwrap_or_else(|error| format!("! {error}")), notices.map(|notice| notice.to_string()).collect())
}

fn check_block(text: &str, expected: &str, notices: &[&str]) {
    let (got, warned) = read(text);
    assert_eq!(got, expected, "{text:?}");
    assert_eq!(warned, notices, "{text:?}");
}

#[test]
fn blocks_keep_account_of_their_keys() {
    check_block("", "", &[]);
    check_block("text: 80\nboolean: on\nnumber: 0x10\n", "80 true 16", &[]);
    check_block("text:\nboolean: ~\nnumber:\ntexts:\nmap:\nblocks:\n", "", &[]);
    check_block("texts: [a, 1.0]\nmap: {b: no, c: 07}\n", "a 1.0 b=no c=07", &[]);
    check_block(
        "server: {port: 1}\nblocks:\n- name: a\n  later: [1]\n- name: b\n",
        "a b",
        &[
            "f.yml:4:3: not built yet: blocks[0].later: the rest of the block is read",
            "f.yml:1:1: server: ignored: there is no server",
        ],
    );
    check_block("text: x\nother: 1\n", "! f.yml:2:1: field other not found in type config.Config", &[]);
    check_block("blocks:\n- nme: a\n", "! f.yml:2:3: field nme not found in type config.Inner", &[]);
    check_block("- a\n", "! f.yml:1:1: cannot unmarshal !!seq into config.Config", &[]);
    check_block("text: [a]\n", "! f.yml:1:7: cannot unmarshal !!seq into string", &[]);
    check_block("boolean: maybe\n", "! f.yml:1:10: cannot unmarshal !!str `maybe` into bool", &[]);
    check_block("boolean: 'true'\n", "! f.yml:1:10: cannot unmarshal !!str `true` into bool", &[]);
    check_block("number: -1\n", "! f.yml:1:9: cannot unmarshal !!int `-1` into uint64", &[]);
    check_block("number: a long text\n", "! f.yml:1:9: cannot unmarshal !!str `a long ...` into uint64", &[]);
    check_block("blocks: {a: b}\n", "! f.yml:1:9: cannot unmarshal !!map into []config.Inner", &[]);
    check_block("map: [a]\n", "! f.yml:1:6: cannot unmarshal !!seq into map[string]string", &[]);
}

/// Pieces that YAML cares about, so that random texts reach deep into the parser.
fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "b: ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "'", "\"", "&x ", "*x", "|\n", ">\n", "<<: ", "# c",
        "~", "1.5", "0x1", "yes", "!!str ", "---\n", "...\n", "\\n", "é", "\t", "\u{0}", "? ", ": ", "%",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_brings_it_down(text in prop_oneof![yamlish(), any::<String>()]) {
        if let Ok(node) = parse("f.yml", &text) {
            prop_assert!(!show(&node).is_empty());
        }
        let shown = read(&text).0;
        prop_assert!(!shown.starts_with('!') || shown.starts_with("! f.yml:"), "{}", shown);
    }
}
