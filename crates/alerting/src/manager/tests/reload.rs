use model::notify::NotifyOutcome;

use super::*;

const STANDARD: &str = "{matchers: [team=a], receiver: quiet}";

fn routes(interval: &str, children: &str) -> Arc<Config> {
    config(&format!(
        "route: {{receiver: web, group_by: [alertname], group_wait: 1s, group_interval: {interval}, repeat_interval: 1m, \
         routes: [{children}]}}\nreceivers:\n- name: web\n  webhook_configs: [{{url: 'http://a/'}}]\n\
         - name: quiet\n  webhook_configs: [{{url: 'http://c/'}}, {{url: 'http://d/'}}]\n"
    ))
}

/// Has a group of team A told of at 1 s, replaces the configuration at 5 s and posts another alert then.
fn check(interval: &str, children: &str, expected: &[&str]) {
    let mut world = World::new();
    world.manager.reload(routes("10s", STANDARD), 0);
    world.post("alertname=x,team=a,n=1", Some(3600));
    world.run_well(5);
    world.check(&["1 quiet/webhook[0] first notification: +1", "1 quiet/webhook[1] first notification: +1"]);
    world.manager.reload(routes(interval, children), world.now_ms);
    world.post("alertname=x,team=a,n=2", Some(3600));
    world.run_well(30);
    world.check(expected);
}

#[test]
fn groups_of_routes_that_stay_keep_their_timers() {
    let at_11 = ["11 quiet/webhook[0] new alerts added: +1 +2", "11 quiet/webhook[1] new alerts added: +1 +2"];
    check("10s", STANDARD, &at_11);
    check("30s", STANDARD, &at_11);
    let at_7 = ["7 quiet/webhook[0] new alerts added: +1 +2", "7 quiet/webhook[1] new alerts added: +1 +2"];
    check("2s", STANDARD, &at_7);
    // Another route before it has the others count from one more.
    check("10s", &format!("{{matchers: [team=b]}}, {STANDARD}"), &at_11);
    check(
        "10s",
        &format!("{{matchers: [team=a], receiver: web, continue: true, group_by: [n]}}, {STANDARD}"),
        &["6 web/webhook[0] first notification: +1", "6 web/webhook[0] first notification: +2", at_11[0], at_11[1]],
    );
}

#[test]
fn groups_of_other_routes_begin_anew() {
    check("10s", "{matchers: [team=a], receiver: web}", &["6 web/webhook[0] first notification: +1 +2"]);
    check("10s", "", &["6 web/webhook[0] first notification: +1 +2"]);
}

#[test]
fn what_is_under_way_is_finished() {
    let mut world = World::new();
    world.manager.reload(routes("10s", STANDARD), 0);
    world.post("alertname=x,team=a,n=1", Some(3600));
    let actions = world.manager.step(1000);
    assert_eq!(actions.len(), 2);
    world.now_ms = 2000;
    // The route moves, and one of its integrations goes.
    let text = "route: {receiver: web, group_by: [alertname], group_wait: 1s, group_interval: 10s, repeat_interval: 1m, \
        routes: [{matchers: [team=b]}, {matchers: [team=a], receiver: quiet}]}\nreceivers:\n- name: web\n\
        - name: quiet\n  webhook_configs: [{url: 'http://c/'}]\n";
    world.manager.reload(config(text), world.now_ms);
    let sent = NotifyOutcome::Sent(ReceiverData::new());
    world.manager.done(actions[0].id, sent, 2000).expect("a disk");
    let refused = NotifyOutcome::Retry { reason: "refused".to_owned(), retry_after_ms: None };
    world.manager.done(actions[1].id, refused, 2000).expect("a disk");
    assert_eq!(world.manager.take_failures().len(), 1, "what is gone is not tried again");
    // After a crash, too, it is known who was told.
    world.restart();
    world.manager.reload(config(text), world.now_ms);
    world.run_well(30);
    world.check(&[]);
}

#[test]
fn alerts_that_were_told_of_as_ended_are_not_told_of_again() {
    let mut world = World::new();
    world.manager.reload(routes("10s", STANDARD), 0);
    world.post("alertname=x,team=a,n=1", Some(3600));
    world.post("alertname=x,team=a,n=2", Some(5));
    // The message of 81 s has the notification log forget that one had ended.
    world.run_well(85);
    world.sent.clear();
    world.manager.reload(routes("10s", &format!("{{matchers: [team=b]}}, {STANDARD}")), world.now_ms);
    world.run_well(130);
    world.check(&[]);
}
