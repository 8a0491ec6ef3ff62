//! The functions that languages share.

use gotemplate::Value;
use gotemplate::functions::{
    base64_decode, base64_encode, humanize, humanize_1024, humanize_duration, humanize_percentage, query_unescape,
    strip_domain, strip_port, title, to_float, to_json,
};

#[test]
fn numbers_are_shown_for_people() {
    for (value, si, binary, duration, share) in [
        (0.0, "0", "0", "0s", "0%"),
        (1_234_567.0, "1.235M", "1.177Mi", "14d 6h 56m 7s", "1.235e+08%"),
        (-0.0321, "-32.1m", "-0.0321", "-32.1ms", "-3.21%"),
        (3725.5, "3.725k", "3.638ki", "1h 2m 5s", "3.726e+05%"),
        (f64::INFINITY, "+Inf", "+Inf", "+Inf", "+Inf%"),
    ] {
        let shown = [humanize(value), humanize_1024(value), humanize_duration(value), humanize_percentage(value)];
        assert_eq!(shown, [si, binary, duration, share], "{value}");
    }
}

#[test]
fn texts_are_numbers() {
    assert_eq!(to_float(&Value::from("1e3")), Ok(1000.0));
    assert_eq!(to_float(&Value::from("+Inf")), Ok(f64::INFINITY));
    let error = "strconv.ParseFloat: parsing \"1e999\": value out of range";
    assert_eq!(to_float(&Value::from("1e999")), Err(error.to_owned()));
    assert_eq!(to_float(&Value::Nil), Err("can't convert <nil> to float".to_owned()));
}

#[test]
fn words_hosts_and_urls() {
    assert_eq!(
        (title("o'neil and CO", false), title("o'neil and CO", true)),
        ("O'neil And CO".into(), "O'neil And Co".into())
    );
    for (text, without_port, without_domain) in [
        ("db1.example.com:9100", "db1.example.com", "db1:9100"),
        ("10.0.0.1:80", "10.0.0.1", "10.0.0.1:80"),
        ("[::1]:80", "::1", "[::1]:80"),
        ("::1", "::1", "::1"),
        ("", "", ""),
    ] {
        assert_eq!((strip_port(text), strip_domain(text).as_str()), (without_port, without_domain), "{text}");
    }
    assert_eq!(query_unescape("a+b%26%C3%A9").as_deref(), Ok("a b&é"));
    assert_eq!(query_unescape("%zz"), Err("invalid URL escape \"%zz\"".to_owned()));
}

#[test]
fn values_are_encoded() {
    for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), (">>?", "Pj4/")] {
        assert_eq!(base64_encode(text.as_bytes(), false), encoded);
        assert_eq!(base64_decode(encoded, false).as_deref(), Ok(text));
    }
    assert_eq!(base64_decode("Zg=", false), Err("illegal base64 data at input byte 3".to_owned()));
    let value = Value::list(vec![Value::from("<a>\n\u{1}"), Value::Float(1e21), Value::Float(0.5), Value::Nil]);
    assert_eq!(to_json(&value, 100).as_deref(), Ok(r#"["\u003ca\u003e\n\u0001",1e+21,0.5,null]"#));
    assert!(to_json(&Value::Float(f64::NAN), 100).is_err());
}
