//! The templates that are there without any of the user's.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::server::template;
use common::{alert, disk, notification, tools};

/// What configurations name, and users' templates call, of kinds whose words are kept here.
const NAMES: &[&str] = &[
    "__alertmanager",
    "__alertmanagerURL",
    "__description",
    "__subject",
    "discord.default.content",
    "discord.default.message",
    "discord.default.title",
    "jira.default.description",
    "jira.default.priority",
    "jira.default.summary",
    "mattermost.default.color",
    "mattermost.default.fallback",
    "mattermost.default.text",
    "mattermost.default.title",
    "mattermost.default.titlelink",
    "mattermost.default.username",
    "msteams.default.summary",
    "msteams.default.text",
    "msteams.default.title",
    "msteamsv2.default.text",
    "msteamsv2.default.title",
    "opsgenie.default.description",
    "opsgenie.default.message",
    "opsgenie.default.source",
    "pagerduty.default.client",
    "pagerduty.default.clientURL",
    "pagerduty.default.description",
    "pushover.default.message",
    "pushover.default.title",
    "pushover.default.url",
    "rocketchat.default.alias",
    "rocketchat.default.emoji",
    "rocketchat.default.iconurl",
    "rocketchat.default.text",
    "rocketchat.default.title",
    "rocketchat.default.titlelink",
    "slack.default.callbackid",
    "slack.default.color",
    "slack.default.fallback",
    "slack.default.footer",
    "slack.default.iconemoji",
    "slack.default.iconurl",
    "slack.default.pretext",
    "slack.default.text",
    "slack.default.title",
    "slack.default.titlelink",
    "slack.default.username",
    "sns.default.message",
    "sns.default.subject",
    "victorops.default.entity_display_name",
    "victorops.default.monitoring_tool",
    "victorops.default.state_message",
    "webex.default.message",
    "wechat.default.agent_id",
    "wechat.default.message",
    "wechat.default.to_party",
    "wechat.default.to_tag",
    "wechat.default.to_user",
];

#[test]
fn all_names_are_there_and_can_be_replaced() {
    let notification = notification(vec![disk("bromo", "/", false), disk("merapi", "/", true)]);
    let standard = tools("");
    for name in NAMES {
        standard.templater.text(&template(name), "x", &notification).expect(name);
        let own = tools(&format!("{{{{ define \"{name}\" }}}}mine{{{{ end }}}}"));
        assert_eq!(own.templater.text(&template(name), "x", &notification).as_deref(), Ok("mine"), "{name}");
    }
}

#[test]
fn lists_read_well() {
    const FIRING: &str = "Disk nearly full\n alertname = Disk\n instance = bromo\n mountpoint = /\n severity = warning\n 91 % & rising\n";
    const OVER: &str = "Disk nearly full\n alertname = Disk\n instance = merapi\n mountpoint = /\n severity = warning\n 91 % & rising\n";
    const MARKED_UP: &str = "# Firing\n\n**Disk nearly full**\n\n- alertname = Disk\n- instance = bromo\n- mountpoint = /\n- severity = warning\n\n91 % & rising\n\n";
    let tools = tools("");
    let (firing, over) = (disk("bromo", "/", false), disk("merapi", "/", true));
    let both = notification(vec![firing.clone(), over]);
    let one = notification(vec![firing]);
    for (notification, text, expected) in [
        (&both, "{{ template \"__subject\" . }}", "[FIRING:1] Disk"),
        (&both, "{{ template \"__alertmanagerURL\" . }}", "http://menara/#/alerts?receiver=x"),
        (&both, "{{ template \"__text_alert_list\" .Alerts.Firing }}", FIRING),
        (&both, "{{ template \"pagerduty.default.instances\" .Alerts.Resolved }}", OVER),
        (&both, "{{ template \"opsgenie.default.description\" . }}", &format!("Firing:\n{FIRING}Over:\n{OVER}")),
        (&one, "{{ template \"pushover.default.message\" . }}", &format!("Firing:\n{FIRING}")),
        (&one, "{{ template \"msteams.default.text\" . }}", MARKED_UP),
    ] {
        assert_eq!(tools.templater.text(text, "x", notification).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn priorities_follow_from_severities() {
    let tools = tools("");
    for (alerts, expected) in [
        (&[("critical", false), ("warning", false)][..], "High"),
        (&[("info", false), ("warning", false), ("critical", true)], "Medium"),
        (&[("info", true)], "Low"),
        (&[("page", false)], ""),
    ] {
        let alerts = alerts.iter().map(|(severity, ended)| alert(&[("severity", severity)], &[], 1, *ended));
        let notification = notification(alerts.collect());
        let got = tools.templater.text(&template("jira.default.priority"), "x", &notification);
        assert_eq!(got.as_deref(), Ok(expected), "{expected}");
    }
}
