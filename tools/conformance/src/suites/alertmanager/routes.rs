//! The tree of routes.

use alerting::Syntax;
use alerting::config::load_route;
use alerting::route::{RouteNode, RouteTree};
use serde_json::{Value, json};

use super::data::{Case, items, labels as label_set, node, texts};
use super::{configs, expect};

pub(super) fn matches(case: &Case<'_>) -> Option<Result<(), String>> {
    let run = || {
        let tree = tree(case.text("route"))?;
        items(&case.value["cases"]).iter().try_for_each(|one| {
            let got: Vec<Value> = matching(&tree, &one["labels"]).into_iter().map(shown).collect();
            let expected = items(&one["routes"]).iter().cloned().map(with_sorted_names).collect();
            expect(&one["labels"].to_string(), &got, &expected)
        })
    };
    Some(run())
}

fn tree(text: &str) -> Result<RouteTree, String> {
    let route = load_route(&node(text)?, Syntax::Classic).map_err(|error| error.to_string())?;
    Ok(RouteTree::new(&route))
}

fn matching<'t>(tree: &'t RouteTree, labels: &Value) -> Vec<&'t RouteNode> {
    tree.matches(&label_set(labels)).into_iter().filter_map(|index| tree.nodes().get(index)).collect()
}

fn shown(route: &RouteNode) -> Value {
    let seconds = |ms: i64| ms / 1000;
    json!({
        "receiver": route.receiver,
        "group_by": sorted_group_by(route),
        "group_by_all": route.group_by.is_none(),
        "group_wait_s": seconds(route.group_wait_ms),
        "group_interval_s": seconds(route.group_interval_ms),
        "repeat_interval_s": seconds(route.repeat_interval_ms),
        "key": route.key,
    })
}

/// The cases have names in the order of the file, which has no meaning.
fn with_sorted_names(mut route: Value) -> Value {
    if let Some(names) = route["group_by"].as_array_mut() {
        names.sort_by_key(ToString::to_string);
    }
    route
}

fn sorted_group_by(route: &RouteNode) -> Vec<String> {
    let mut names: Vec<String> = route.group_by.iter().flatten().cloned().collect();
    names.sort();
    names
}

pub(super) fn labels(case: &Case<'_>) -> Option<Result<(), String>> {
    let run = || {
        let tree = tree(case.text("route"))?;
        items(&case.value["cases"]).iter().try_for_each(|one| {
            let route = matching(&tree, &one["labels"]).into_iter().next().ok_or("no route")?;
            let got: Value = route.labels.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            expect(&one["labels"].to_string(), &got, &one["route_labels"])
        })
    };
    Some(run())
}

pub(super) fn ids(case: &Case<'_>) -> Option<Result<(), String>> {
    let run = || {
        let got: Vec<String> = tree(case.text("route"))?.nodes().iter().map(|route| route.id.to_string()).collect();
        expect("ids", &got, &texts(&case.value["ids"]))
    };
    Some(run())
}

pub(super) fn walk(case: &Case<'_>) -> Option<Result<(), String>> {
    let run = || {
        let got: Vec<String> = tree(case.text("route"))?.nodes().iter().map(|route| route.receiver.clone()).collect();
        expect("receivers", &got, &texts(&case.value["receivers"]))
    };
    Some(run())
}

pub(super) fn of_file(case: &Case<'_>) -> Option<Result<(), String>> {
    let run = || {
        let file = case.text("config_file");
        let text = std::fs::read_to_string(case.folder.join(file)).map_err(|error| format!("{file}: {error}"))?;
        let tree = RouteTree::new(&configs::load(&text)?.route);
        let got: Vec<String> =
            matching(&tree, &case.value["labels"]).into_iter().map(|route| route.receiver.clone()).collect();
        expect("receivers", &got, &texts(&case.value["receivers"]))
    };
    Some(run())
}
