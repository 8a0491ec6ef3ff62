use serde_json::json;

use super::*;

/// Runs a check on a case that must hold, and on one that must not.
fn both(check: Check, holds: &Value, fails: &Value) {
    let run = |value: &Value| check(&Case { value, file: &Value::Null, folder: Path::new("") });
    assert_eq!(run(holds), Some(Ok(())), "{holds}");
    assert!(matches!(run(fails), Some(Err(_))), "{fails}");
}

#[test]
fn a_wrong_expectation_fails() {
    let config = "route: {receiver: a}\nreceivers: [{name: a}]\n";
    both(configs::check, &json!({"config": config, "valid": true}), &json!({"config": config, "error": "no"}));
    both(
        configs::check,
        &json!({"config": "", "error": "no route provided in config"}),
        &json!({"config": "", "error_contains": "something else"}),
    );
    both(
        matchers::parse,
        &json!({"parser": "utf8", "kind": "matchers", "input": "a=b", "expect": [{"name": "a", "op": "=", "value": "b"}]}),
        &json!({"parser": "utf8", "kind": "matchers", "input": "a=b", "expect": []}),
    );
    both(
        routes::ids,
        &json!({"route": "receiver: a\nroutes: [{matchers: [b=c]}]", "ids": ["{}", "{}/{b=\"c\"}/0"]}),
        &json!({"route": "receiver: a", "ids": ["{}/0"]}),
    );
    both(
        intervals::list,
        &json!({"yaml": "- weekdays: [monday]", "contains": ["04 May 20 15:04 +0000"]}),
        &json!({"yaml": "- weekdays: [monday]", "contains": ["05 May 20 15:04 +0000"]}),
    );
    let merged = json!({"a": {"starts_at": 0, "ends_at": 1}, "b": {"starts_at": 0, "ends_at": 2, "updated_at": 1},
        "merged": {"starts_at": 0, "ends_at": 2, "updated_at": 1}});
    both(small::merge, &merged, &json!({"a": {"starts_at": 1}, "b": {}, "merged": {"starts_at": 5}}));
}

#[test]
fn a_wrong_message_fails() {
    both(
        telegram::message,
        &json!({"parse_mode": "HTML", "message": "<b>1 < 2", "text": "<b>1 &lt; 2</b>"}),
        &json!({"parse_mode": "HTML", "message": "<b>1 < 2", "text": "<b>1 < 2"}),
    );
    both(
        telegram::failure,
        &json!({"error_code": 403, "description": "Forbidden: bot was kicked", "reason": "authError"}),
        &json!({"error_code": 403, "description": "Forbidden: bot was kicked", "reason": "clientError"}),
    );
}

#[test]
fn a_notification_too_many_fails() {
    let config = "route: {receiver: a, group_wait: 1s, group_interval: 1s, repeat_interval: 1h}\n\
                  receivers: [{name: a, webhook_configs: [{url: 'http://{{w}}'}]}]\n";
    let alert = json!({"labels": {"n": "1"}, "starts_at": 1});
    let case = |alerts: Value| {
        json!({"config": config, "steps": [{"at": 1, "push": [alert]}], "tolerance_s": 0.1,
            "expect": {"w": [{"between": [2, 2.5], "alerts": alerts}]}})
    };
    both(acceptance::check, &case(json!([alert])), &case(json!([])));
    both(acceptance::check, &case(json!([alert])), &case(json!([{"labels": {"n": "1"}, "starts_at": 2}])));
}

#[test]
fn lists_are_found_with_their_lines() {
    let (file, list) = data::lists("a:\n  b:\n  - c: 1\n  - c: '2'\n", &["a", "b"]).expect("cases");
    assert_eq!(file, json!({"a": {"b": [{"c": 1}, {"c": "2"}]}}));
    assert_eq!(list, [(3, json!({"c": 1})), (4, json!({"c": "2"}))]);
}
