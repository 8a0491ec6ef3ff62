use super::*;

const INPUT: &str = r#"{
    "version": {"kernel_version": "6.1", "cadvisor_version": "1"},
    "machine": {"num_cores": 2, "machine_id": "m", "topology": [{"node_id": 0}]},
    "containers": {"/c": {
        "name": "/c", "aliases": ["web"],
        "spec": {"image": "i", "creation_time": "1970-01-01T00:00:01.5Z", "labels": {"a.b": "x\"y"}, "envs": {"E+": "e"}},
        "stats": [{"timestamp": "1970-01-01T00:00:09Z", "filesystem": [
            {"device": "sda1", "usage": 1000, "capacity": 2000}, {"device": "sda2", "usage": 3}
        ]}]
    }}
}"#;

const BASE: &str =
    r#"zone_name="hello",container_env_E_="e",container_label_a_b="x\"y",id="/c",image="i",name="web",empty="""#;

/// The families of a file by that name that fail, with the first line of why.
fn failures(name: &str, text: &str) -> Vec<(String, String)> {
    let results = file_cases("f", name, text, Input::read(INPUT).as_ref());
    let failed = results.into_iter().filter_map(|result| Some((result.id, result.failure?)));
    failed.map(|(id, why)| (id, why.lines().next().unwrap_or_default().to_owned())).collect()
}

/// One family of a file that is otherwise whole.
#[track_caller]
fn check(family: &str, text: &str, expected: Option<&str>) {
    let text = text.replace('…', BASE);
    let id = format!("f: {family}");
    let found = failures("prometheus_metrics", &text).into_iter().find(|(failed, _)| *failed == id);
    match (&found, expected) {
        (None, None) => {}
        (Some((_, why)), Some(expected)) => assert!(why.contains(expected), "{why}"),
        _ => panic!("{family}: {found:?}"),
    }
}

#[test]
fn families_are_compared() {
    const USAGE: &str = "container_fs_usage_bytes";
    const HEAD: &str = "# HELP container_fs_usage_bytes Number of bytes that are consumed by the container on this filesystem.\n\
                        # TYPE container_fs_usage_bytes gauge\n";
    let both = |first: &str| format!("{HEAD}{first}\n{USAGE}{{device=\"sda2\",…}} 3\n");
    let right = both("container_fs_usage_bytes{…,device=\"sda1\"} 1e+03 1395066363000");
    check(USAGE, &right, None);
    check(USAGE, &both("container_fs_usage_bytes{…,device=\"sda1\"} 1000"), None);
    check(USAGE, &both("container_fs_usage_bytes{…,device=\"sda1\"} 1001"), Some("got 1000, expected 1001"));
    check(USAGE, &both("container_fs_usage_bytes{…,device=\"sda3\"} 1000"), Some("missing: "));
    check(USAGE, &both("container_fs_usage_bytes{device=\"sda1\"} 1000"), Some("missing: "));
    check(USAGE, &both(""), Some("not expected: "));
    check(USAGE, &right.replace("consumed", "eaten"), Some("help: got"));
    check(USAGE, &right.replace(" gauge", " counter"), Some("type: got"));
    check(
        "container_pressure_cpu_waiting_seconds_total",
        "# HELP container_pressure_cpu_waiting_seconds_total x\n",
        Some("absent"),
    );
    check("container_processes", "# TYPE container_processes gauge\n", Some("not built yet"));
    check("container_last_seen", "", Some("shown, but not expected"));
    check("container_state", "", None);
}

#[test]
fn files_differ_in_what_they_hold() {
    let ids = |name: &str, text: &str| failures(name, text).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    let error = |which: &str, dot: &str, value: u8| {
        format!(
            "# HELP {which}_scrape_error 1 if there was an error while getting {which} metrics, 0 otherwise{dot}\n\
             # TYPE {which}_scrape_error gauge\n{which}_scrape_error {value}\n"
        )
    };
    assert_eq!(ids("prometheus_metrics_failure", &error("container", "", 1)), Vec::<String>::new());
    assert_eq!(ids("prometheus_metrics_failure", &error("container", "", 0)), ["f: container_scrape_error"]);
    assert_eq!(ids("prometheus_machine_metrics_failure", &error("machine", ".", 1)), Vec::<String>::new());
    assert_eq!(ids("prometheus_metrics_perf_aggregated", &error("container", "", 0)), Vec::<String>::new());
    assert!(ids("prometheus_metrics", &error("container", "", 0)).contains(&"f: cadvisor_version_info".to_owned()));
    let machine = ids("prometheus_machine_metrics", &error("machine", ".", 0));
    assert!(machine.contains(&"f: machine_cpu_cores".to_owned()));
    assert!(machine.iter().all(|id| id.starts_with("f: machine_")), "{machine:?}");
    let seen = format!(
        "# HELP container_last_seen Last time a container was seen by the exporter\n\
         # TYPE container_last_seen gauge\ncontainer_last_seen{{{}}} 9\n",
        BASE.replace(r#"container_label_a_b="x\"y","#, "")
    );
    let unasked = ids("prometheus_metrics_whitelist_filtered", &seen);
    assert!(!unasked.is_empty() && !unasked.contains(&"f: container_last_seen".to_owned()), "{unasked:?}");
}

#[test]
fn what_cannot_be_compared_fails() {
    let cases = [
        ("prometheus_other", "", "not known how"),
        ("prometheus_metrics", "m 1\n", "line 1: m has neither help nor type"),
        ("prometheus_metrics", "# TYPE m gauge\nm x\n", "line 2: no number: x"),
        ("prometheus_metrics", "# TYPE m gauge\nm{a=\"b} 1\n", "line 2: a label's value does not end"),
        ("prometheus_metrics", "# TYPE m gauge\nm 1\nm 2\n", "line 3: the sample stands twice"),
    ];
    for (name, text, expected) in cases {
        let found = failures(name, text);
        assert!(found.len() == 1 && found[0].0 == "f" && found[0].1.contains(expected), "{text}: {found:?}");
    }
    let broken = file_cases("f", "prometheus_metrics", "", Err(&"no containers".to_owned()));
    assert_eq!(broken[0].failure.as_deref(), Some("fake-input.json: no containers"));
    assert!(Input::read("{}").is_err());
    assert!(Input::read(&INPUT.replace("1970-01-01T00:00:09Z", "soon")).is_err_and(|error| error.contains("soon")));
}
