//! Another configuration takes the place of the one that runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Integration;

use crate::config::Config;
use crate::dispatch::{Flight, GroupId, LegState};
use crate::route::RouteTree;

use super::state::timer_of;
use super::{AlertManager, ways};

impl AlertManager {
    /// Goes on with another configuration. Alerts, silences and what was told to whom stay. Groups of routes that are in both go on
    /// undisturbed, with what is under way, unless [`Options::timers_survive_reload`](super::Options::timers_survive_reload) says
    /// otherwise; the others begin anew, and an answer that still comes for one of them is taken note of.
    pub fn reload(&mut self, config: Arc<Config>, now_ms: i64) {
        let routes = RouteTree::new(&config.route);
        let moved = if self.options.timers_survive_reload { self.routes.moved_to(&routes) } else { BTreeMap::new() };
        self.routes = routes;
        self.receivers = ways(&config);
        self.config = config;
        let mut flights = Vec::new();
        for (id, mut group) in std::mem::take(&mut self.groups) {
            let Some(id) = renamed(&id, &moved) else { continue };
            if let Some(flight) = group.flight.take() {
                flights.push((id.clone(), flight));
            }
            self.state.timers.insert(id, timer_of(&group));
        }
        for outstanding in self.outstanding.values_mut() {
            if let Some(id) = renamed(&outstanding.group, &moved) {
                outstanding.group = id;
            }
        }
        let settled = std::mem::take(&mut self.state.settled);
        self.state.settled =
            settled.into_iter().map(|(id, alerts)| (renamed(&id, &moved).unwrap_or(id), alerts)).collect();
        self.rebuild(now_ms);
        for (id, flight) in flights {
            self.resume(&id, flight);
        }
        self.clamp_timers(now_ms);
        self.write_anew();
    }

    /// Gives a group back what was under way. To an integration that is gone nothing is sent again.
    fn resume(&mut self, id: &GroupId, mut flight: Flight) {
        for leg in &mut flight.legs {
            if matches!(leg.state, LegState::WaitsUntil(_)) && !has_way(&self.receivers, &leg.integration) {
                leg.state = LegState::Failed;
            }
        }
        if let Some(group) = self.groups.get_mut(id) {
            group.flight = Some(flight);
        }
        self.land_if_over(id);
    }

    /// Whether the configuration has an integration.
    pub(super) fn has_way(&self, integration: &Integration) -> bool {
        has_way(&self.receivers, integration)
    }

    /// Begins a new log with what holds now. If it cannot be written, the old one, which knows of other groups, stays.
    fn write_anew(&mut self) {
        let snapshot = self.state.records(&self.groups);
        if let Err(error) = self.journal.replace(&snapshot) {
            self.fail("log".to_owned(), error.to_string());
        }
    }
}

fn has_way(receivers: &BTreeMap<String, Vec<super::Way>>, integration: &Integration) -> bool {
    let ways = receivers.get(&integration.receiver);
    ways.is_some_and(|ways| ways.iter().any(|way| *way.integration == *integration))
}

/// The group's name by the routes of now.
fn renamed(id: &GroupId, moved: &BTreeMap<Arc<str>, Arc<str>>) -> Option<GroupId> {
    moved.get(&id.route).map(|route| GroupId { route: Arc::clone(route), labels: id.labels.clone() })
}
