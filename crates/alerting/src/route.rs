//! The tree of routes with everything inherited and every default filled in.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use model::Labels;

use crate::config::{GroupBy, Route};
use crate::matcher::MatcherSet;

const DEFAULT_GROUP_WAIT_MS: i64 = 30_000;
const DEFAULT_GROUP_INTERVAL_MS: i64 = 5 * 60_000;
const DEFAULT_REPEAT_INTERVAL_MS: i64 = 4 * 60 * 60_000;

/// The routes, parents before children; the root is the first.
#[derive(Clone, Debug)]
pub struct RouteTree {
    nodes: Vec<RouteNode>,
}

/// A route as it works.
#[derive(Clone, Debug)]
pub struct RouteNode {
    /// Names the route among all others: its key with the numbers of its branches.
    pub id: Arc<str>,
    /// What the keys of its groups begin with.
    pub key: String,
    /// Who is told.
    pub receiver: String,
    /// By which labels alerts are grouped; absent for all of them.
    pub group_by: Option<BTreeSet<String>>,
    /// How long a new group waits for more alerts, in milliseconds.
    pub group_wait_ms: i64,
    /// How long a group waits between two looks at it, in milliseconds.
    pub group_interval_ms: i64,
    /// After how long an unchanged group is told of again, in milliseconds.
    pub repeat_interval_ms: i64,
    /// Times at which nothing is told.
    pub mute_time_intervals: Vec<String>,
    /// Times outside of which nothing is told.
    pub active_time_intervals: Vec<String>,
    /// Labels of the route, as templates.
    pub labels: Arc<Vec<(String, String)>>,
    matchers: MatcherSet,
    continues: bool,
    children: Vec<usize>,
}

impl RouteTree {
    /// Builds the tree.
    #[must_use]
    pub fn new(root: &Route) -> RouteTree {
        let mut tree = RouteTree { nodes: Vec::new() };
        tree.add(root, None, 0);
        tree
    }

    /// All routes, parents before children.
    #[must_use]
    pub fn nodes(&self) -> &[RouteNode] {
        &self.nodes
    }

    /// The routes that an alert goes to, by their numbers; at least one unless the root has matchers.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> Vec<usize> {
        let mut found = Vec::new();
        self.collect(0, labels, &mut found);
        found
    }

    /// Where the routes of this tree are in another: the ids of those that are in both, with the same matchers all the way down, the same
    /// receiver and the same grouping. Of several alike, the first here is the first there.
    pub(crate) fn moved_to(&self, other: &RouteTree) -> BTreeMap<Arc<str>, Arc<str>> {
        let mut there: BTreeMap<_, VecDeque<&RouteNode>> = BTreeMap::new();
        for node in &other.nodes {
            there.entry(node.identity()).or_default().push_back(node);
        }
        let mut moved = BTreeMap::new();
        for node in &self.nodes {
            if let Some(other) = there.get_mut(&node.identity()).and_then(VecDeque::pop_front) {
                moved.insert(Arc::clone(&node.id), Arc::clone(&other.id));
            }
        }
        moved
    }

    /// Whether the route or one below it takes the alert.
    fn collect(&self, index: usize, labels: &Labels, found: &mut Vec<usize>) -> bool {
        let Some(node) = self.nodes.get(index).filter(|node| node.matchers.matches(labels)) else { return false };
        let before = found.len();
        for &child in &node.children {
            let is_taken = self.collect(child, labels, found);
            let continues = self.nodes.get(child).is_some_and(|child| child.continues);
            if is_taken && !continues {
                break;
            }
        }
        if found.len() == before {
            found.push(index);
        }
        true
    }

    fn add(&mut self, route: &Route, parent: Option<usize>, branch: usize) -> usize {
        let index = self.nodes.len();
        let parent = parent.and_then(|parent| self.nodes.get(parent));
        let node = RouteNode::new(route, parent, branch);
        self.nodes.push(node);
        let children = route.routes.iter().enumerate().map(|(i, child)| self.add(child, Some(index), i)).collect();
        if let Some(node) = self.nodes.get_mut(index) {
            node.children = children;
        }
        index
    }
}

impl RouteNode {
    fn new(route: &Route, parent: Option<&RouteNode>, branch: usize) -> RouteNode {
        let matchers = route.matchers.to_string();
        let (id, key) = match parent {
            None => (matchers.clone(), matchers),
            Some(parent) => (format!("{}/{matchers}/{branch}", parent.id), format!("{}/{matchers}", parent.key)),
        };
        let group_by = match &route.group_by {
            Some(GroupBy::All) => None,
            Some(GroupBy::Labels(names)) => Some(names.iter().cloned().collect()),
            None => parent.map_or_else(|| Some(BTreeSet::new()), |parent| parent.group_by.clone()),
        };
        let ms = |own: Option<crate::config::PromDuration>, inherited: Option<i64>, default: i64| {
            own.map(|duration| duration.ms).or(inherited).unwrap_or(default)
        };
        let receiver = route.receiver.clone().or_else(|| parent.map(|parent| parent.receiver.clone()));
        RouteNode {
            id: id.into(),
            key,
            receiver: receiver.unwrap_or_default(),
            group_by,
            group_wait_ms: ms(route.group_wait, parent.map(|p| p.group_wait_ms), DEFAULT_GROUP_WAIT_MS),
            group_interval_ms: ms(route.group_interval, parent.map(|p| p.group_interval_ms), DEFAULT_GROUP_INTERVAL_MS),
            repeat_interval_ms: ms(
                route.repeat_interval,
                parent.map(|p| p.repeat_interval_ms),
                DEFAULT_REPEAT_INTERVAL_MS,
            ),
            mute_time_intervals: route.mute_time_intervals.clone(),
            active_time_intervals: route.active_time_intervals.clone(),
            labels: Arc::new(inherit_labels(parent, &route.labels)),
            matchers: route.matchers.clone(),
            continues: route.continues,
            children: Vec::new(),
        }
    }

    fn identity(&self) -> (&str, &str, Option<&BTreeSet<String>>) {
        (&self.key, &self.receiver, self.group_by.as_ref())
    }

    /// The labels by which an alert is grouped.
    pub(crate) fn group_labels(&self, labels: &Labels) -> Labels {
        match &self.group_by {
            None => labels.clone(),
            Some(names) => labels.filter(|name| names.contains(name)),
        }
    }

    /// The key of a group: `{}/{env="testing"}:{alertname="x"}`.
    pub(crate) fn group_key(&self, group_labels: &Labels) -> String {
        let shown: Vec<String> =
            group_labels.iter().map(|(name, value)| format!("{name}={}", model::labels::Quoted(value))).collect();
        format!("{}:{{{}}}", self.key, shown.join(", "))
    }
}

/// The parents' labels first; a child's label of the same name takes the place of theirs.
fn inherit_labels(parent: Option<&RouteNode>, own: &[(String, String)]) -> Vec<(String, String)> {
    let mut labels = parent.map_or_else(Vec::new, |parent| parent.labels.to_vec());
    for (name, template) in own {
        match labels.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.clone_from(template),
            None => labels.push((name.clone(), template.clone())),
        }
    }
    labels
}
