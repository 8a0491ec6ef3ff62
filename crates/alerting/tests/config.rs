//! What is read from `alertmanager.yml`: values, defaults, what receivers take from `global`, and where refusals point.

use alerting::Syntax;
use alerting::config::{Config, Settings, Source, load};

fn read(text: &str) -> Result<Config, String> {
    load("am.yml", text, Syntax::Fallback, &config::Report::new()).map_err(|error| error.to_string())
}

/// The settings of the one integration of the one receiver.
#[track_caller]
fn settings(global: &str, receiver: &str) -> (Config, Settings) {
    let text = format!("global: {{{global}}}\nroute: {{receiver: r}}\nreceivers:\n- name: r\n  {receiver}\n");
    let config = read(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let settings = config.receivers[0].integrations[0].settings.clone();
    (config, settings)
}

#[test]
fn receivers_take_from_global_what_they_do_not_say() {
    let check = |global: &str, receiver: &str, expected: &[&str]| {
        let (config, settings) = settings(global, receiver);
        let shown = format!("{settings:?} {:?}", config.receivers[0].integrations[0].http);
        for part in expected {
            assert!(shown.contains(part), "{receiver} with {global}: no {part} in {shown}");
        }
    };
    check(
        "",
        "pagerduty_configs: [{routing_key: k}]",
        &["https://events.pagerduty.com/v2/enqueue", "pagerduty.default.client\\\""],
    );
    check("pagerduty_url: 'http://p/'", "pagerduty_configs: [{routing_key: k}]", &["Url(\"http://p/\")"]);
    check(
        "pagerduty_url: 'http://p/'",
        "pagerduty_configs: [{routing_key: k, url: 'http://q/'}]",
        &["Url(\"http://q/\")"],
    );
    check(
        "telegram_bot_token: t",
        "telegram_configs: [{chat_id: -100}]",
        &["Inline(-100)", "Inline(<secret>)", "\"HTML\"", "https://api.telegram.org"],
    );
    check(
        "telegram_bot_token_file: /t",
        "telegram_configs: [{chat_id_file: /c, parse_mode: ''}]",
        &["File(\"/c\")", "File(\"/t\")", "parse_mode: \"\""],
    );
    check("opsgenie_api_key: k, opsgenie_api_url: 'http://o'", "opsgenie_configs: [{}]", &["Url(\"http://o/\")"]);
    check(
        "smtp_smarthost: 'h:25', smtp_from: me, smtp_auth_password: p, smtp_require_tls: false",
        "email_configs: [{to: you, headers: {sUBJECT: s}}]",
        &[
            "host: \"h\"",
            "from: \"me\"",
            "hello: \"localhost\"",
            "require_tls: Some(false)",
            "\"Subject\": \"s\"",
            " None",
        ],
    );
    check(
        "slack_api_url: 'http://s/'",
        "slack_configs: [{channel: c}]",
        &["api_url: Some(Inline(SecretUrl", "app_token: None"],
    );
    check(
        "slack_app_token: t",
        "slack_configs: [{channel: c}]",
        &["api_url: None", "app_token: Some(Inline(<secret>))"],
    );
    check("http_config: {proxy_url: 'http://p'}", "webhook_configs: [{url: 'http://w'}]", &["ProxyUrl(\"http://p\")"]);
    check(
        "http_config: {proxy_url: 'http://p'}",
        "webhook_configs: [{url: 'http://w', timeout: 1.5s, http_config: {bearer_token: t}}]",
        &["timeout: 1.5s", "proxy_url: None", "type: \"Bearer\"", "follow_redirects: true"],
    );
}

#[test]
fn end_of_alerts_is_sent_unless_the_kind_does_not() {
    for (receiver, expected) in [
        ("webhook_configs: [{url: 'http://w'}]", true),
        ("webhook_configs: [{url: 'http://w', send_resolved: false}]", false),
        ("email_configs: [{to: y, from: m, smarthost: 'h:1'}]", false),
        ("email_configs: [{to: y, from: m, smarthost: 'h:1', send_resolved: true}]", true),
        ("slack_configs: [{api_url: 'http://s'}]", false),
        ("telegram_configs: [{chat_id: 1, bot_token: t}]", true),
    ] {
        let (config, _) = settings("", receiver);
        assert_eq!(config.receivers[0].integrations[0].send_resolved, expected, "{receiver}");
    }
}

#[test]
fn integrations_are_numbered_within_their_kind() {
    let config = read(
        "route: {receiver: r}\nreceivers:\n- name: r\n  labels: {team: t}\n  discord_configs: [{webhook_url: 'http://d'}]\n  \
         webhook_configs: [{url: 'http://a'}, {url_file: /b}]\n",
    )
    .expect("a configuration");
    let receiver = &config.receivers[0];
    let shown: Vec<_> = receiver.integrations.iter().map(|i| (i.kind, i.index, i.is_built)).collect();
    assert_eq!(shown, [("webhook", 0, true), ("webhook", 1, true), ("discord", 0, false)]);
    assert_eq!(format!("{:?}", receiver.labels), r#"{"name": "r", "team": "t"}"#);
    assert!(
        matches!(&receiver.integrations[1].settings, Settings::Webhook(webhook) if webhook.url == Some(Source::File("/b".to_owned())))
    );
}

#[test]
fn refusals_point_at_what_is_wrong() {
    let receivers = "receivers: [{name: r}]\n";
    for (text, expected) in [
        ("route: {receiver: r}\nfoo: 1\n".to_owned(), "am.yml:2:1: field foo not found in type config.plain"),
        (
            format!("route: {{receiver: r, group_wait: 5x}}\n{receivers}"),
            "am.yml:1:34: not a valid duration string: \"5x\"",
        ),
        (
            format!("{receivers}route:\n  receiver: r\n  routes:\n  - receiver: x\n"),
            "am.yml:5:5: undefined receiver \"x\" used in route",
        ),
        (
            format!("{receivers}route:\n  receiver: r\n  routes:\n  - matchers: ['a']\n"),
            "am.yml:5:16: bad matcher format: a",
        ),
        (
            format!("{receivers}route: {{receiver: r, matchers: [a=b]}}\n"),
            "am.yml:2:8: root route must not have any matchers",
        ),
        (
            format!("{receivers}route: {{receiver: r}}\ninhibit_rules:\n- sources: [{{matchers: ['a=~\".*\"']}}]\n"),
            "am.yml:4:13: source 0: at least one matcher must not match the empty string",
        ),
        (
            format!(
                "{receivers}route: {{receiver: r}}\ninhibit_rules:\n- sources: [{{matchers: [a=b]}}]\n  equal: [c]\n"
            ),
            "am.yml:4:3: sources cannot be combined with source_match, source_match_re, source_matchers, or equal",
        ),
        (
            "route: {receiver: r}\nreceivers:\n- name: r\n  webhook_configs:\n  - url: http://{{ .x\n".to_owned(),
            "am.yml:5:10: invalid template syntax: template: :1: unclosed action",
        ),
        (
            "route: {receiver: r}\nreceivers:\n- name: r\n  webhook_configs:\n  - url: ftp://me:pw@x\n".to_owned(),
            "am.yml:5:10: invalid URL: unsupported scheme \"ftp\" for URL",
        ),
        (
            "route: {receiver: r}\nreceivers:\n- name: r\n  slack_configs:\n  - api_url: 'http://me:pw@x:y'\n"
                .to_owned(),
            "am.yml:5:14: parse \"<secret>\": invalid port \":y\" after host",
        ),
        (
            format!("{receivers}route: {{receiver: r}}\nglobal: {{http_config: {{no_proxy: x}}}}\n"),
            "am.yml:3:23: if no_proxy is configured, proxy_url must also be configured",
        ),
        (
            format!(
                "{receivers}route: {{receiver: r}}\nglobal: {{http_config: {{http_headers: {{Host: {{values: [x]}}}}}}}}\n"
            ),
            "am.yml:3:38: setting header \"Host\" is not allowed",
        ),
        (
            format!("{receivers}route: {{receiver: r}}\nglobal: {{smtp_tls_config: {{cert_file: /c}}}}\n"),
            "am.yml:3:27: exactly one of key or key_file must be configured when a client certificate is configured",
        ),
    ] {
        assert_eq!(read(&text).expect_err("a refusal"), expected, "{text}");
    }
}

#[test]
fn matchers_that_read_two_ways_are_told_of() {
    let config =
        read("receivers: [{name: r}]\nroute:\n  receiver: r\n  routes:\n  - matchers: ['a=', 'b=\"\\x41\"', 'c=d']\n")
            .expect("a configuration");
    assert_eq!(
        config.warnings,
        [
            "am.yml:5:16: a= is none in the UTF-8 syntax (end of input: expected label value); it is read as {a=\"\"}",
            "am.yml:5:22: b=\"\\x41\" means something else in the UTF-8 syntax; it is read as {b=\"\\\\x41\"}",
        ]
    );
}

#[test]
fn several_sources_all_have_to_fire() {
    use alerting::inhibit::Inhibitor;
    use model::{Alert, Labels};

    let config = read(
        "route: {receiver: r}\nreceivers: [{name: r}]\ninhibit_rules:\n- name: both\n  sources:\n  \
         - {matchers: [s=1], equal: [host]}\n  - {matchers: [s=2]}\n  target_matchers: [t=1]\n",
    )
    .expect("a configuration");
    let alert = |pairs: &[(&str, &str)], ends_at_ms| Alert {
        labels: Labels::from_pairs(pairs.iter().copied()),
        annotations: model::alert::Annotations::default(),
        starts_at_ms: 0,
        ends_at_ms,
        generator_url: String::new(),
        updated_at_ms: 0,
        is_timeout: false,
    };
    let target = Labels::from_pairs([("t", "1"), ("host", "a")]);
    let mut inhibitor = Inhibitor::new(&config.inhibit_rules);
    inhibitor.put(&alert(&[("s", "1"), ("host", "a")], 100));
    assert!(inhibitor.inhibiting(&target, 50).is_empty());
    inhibitor.put(&alert(&[("s", "2")], 80));
    assert_eq!(inhibitor.inhibiting(&target, 50).len(), 2);
    assert!(inhibitor.inhibiting(&Labels::from_pairs([("t", "1"), ("host", "b")]), 50).is_empty());
    assert!(inhibitor.inhibiting(&target, 80).is_empty());
    // Another source with the same labels to share takes the place of one that has ended.
    inhibitor.put(&alert(&[("s", "2"), ("x", "y")], 100));
    inhibitor.forget_ended(80);
    assert_eq!(inhibitor.inhibiting(&target, 80).len(), 2);
}
