//! Finding the group of a series.

use foldhash::{HashMap, HashMapExt};
use model::Labels;
use promql_syntax::ast::AggregateGrouping;

use crate::labels::group_labels;

/// The groups of an aggregation, in the order in which they were first met.
#[derive(Debug)]
pub(crate) struct Groups<T> {
    places: HashMap<Labels, usize>,
    groups: Vec<Group<T>>,
}

/// One group.
#[derive(Debug)]
pub(crate) struct Group<T> {
    /// What its members have in common.
    pub(crate) labels: Labels,
    /// Whether any member's metric name is to be dropped when the query is done.
    pub(crate) drop_name: bool,
    /// What is kept of its members.
    pub(crate) state: T,
}

impl<T> Groups<T> {
    pub(crate) fn new() -> Groups<T> {
        Groups { places: HashMap::new(), groups: Vec::new() }
    }

    /// The place of the group of a series.
    pub(crate) fn place_of(
        &mut self,
        labels: &Labels,
        drop_name: bool,
        grouping: Option<&AggregateGrouping>,
        state: impl FnOnce() -> T,
    ) -> usize {
        let labels = group_labels(labels, grouping);
        let place = *self.places.entry(labels).or_insert_with_key(|labels| {
            self.groups.push(Group { labels: labels.clone(), drop_name: false, state: state() });
            self.groups.len() - 1
        });
        self.groups[place].drop_name |= drop_name;
        place
    }

    /// The group of a series.
    pub(crate) fn of(
        &mut self,
        labels: &Labels,
        drop_name: bool,
        grouping: Option<&AggregateGrouping>,
        state: impl FnOnce() -> T,
    ) -> &mut Group<T> {
        let place = self.place_of(labels, drop_name, grouping, state);
        &mut self.groups[place]
    }

    /// The number of groups.
    pub(crate) fn len(&self) -> usize {
        self.groups.len()
    }

    /// All groups.
    pub(crate) fn into_groups(self) -> Vec<Group<T>> {
        self.groups
    }
}
