//! `/rules` and `/alerts`: what rules found.

mod write;

use std::sync::Arc;

use ::rules::{GroupView, RuleView};
use axum::extract::State;
use model::labels::Quoted;
use model::{Fingerprint, Labels, Matcher};

use super::answer::{Answer, Success};
use super::error::ApiError;
use super::params::Params;
use crate::json;
use crate::state::Api;

pub(super) async fn rules(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let filter = Filter::of(&params)?;
    let page = Page::of(&params)?;
    let (shared, excludes_alerts) = (Arc::clone(&api), excludes_alerts(&params)?);
    let written = api.pool.run(params.timeout()?, move |_| {
        let groups = shared.rules.groups();
        written(&groups, &filter, &page, excludes_alerts)
    });
    written.await?
}

fn written(groups: &[Arc<GroupView>], filter: &Filter, page: &Page, excludes_alerts: bool) -> Answer {
    let chosen = groups.iter().filter(|group| filter.takes_group(group)).map(|group| filter.chosen(group));
    let chosen = chosen.filter(|(_, rules)| !rules.is_empty()).collect();
    let (chosen, next) = page.cut(groups, chosen)?;
    Ok(Success::new(|data| {
        data.push_str("{\"groups\":");
        json::push_list(data, &chosen, |out, (group, rules)| {
            write::push_group(out, group, rules, excludes_alerts);
        });
        if let Some(next) = next {
            data.push_str(",\"groupNextToken\":");
            json::push_string(data, &next);
        }
        data.push('}');
    }))
}

pub(super) async fn alerts(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let shared = Arc::clone(&api);
    let written = api.pool.run(params.timeout()?, move |_| {
        let groups = shared.rules.groups();
        let rules = groups.iter().flat_map(|group| &group.rules).filter_map(|rule| rule.alerting.as_ref());
        let alerts: Vec<_> = rules.flat_map(|rule| &rule.alerts).collect();
        Success::new(|data| {
            data.push_str("{\"alerts\":");
            json::push_list(data, &alerts, |out, alert| write::push_alert(out, alert));
            data.push('}');
        })
    });
    Ok(written.await?)
}

/// A group with those of its rules that are asked for.
type Chosen<'a> = (&'a GroupView, Vec<&'a RuleView>);

/// Which rules are asked for; an empty list is no wish.
struct Filter {
    kind: String,
    names: Vec<String>,
    groups: Vec<String>,
    files: Vec<String>,
    selectors: Vec<Vec<Matcher>>,
}

impl Filter {
    fn of(params: &Params) -> Result<Filter, ApiError> {
        let kind = params.get("type").to_lowercase();
        if !["", "alert", "record"].contains(&kind.as_str()) {
            return Err(ApiError::bad_parameter("type", format_args!("not supported value {}", Quoted(&kind))));
        }
        let all = |name| params.all(name).map(ToOwned::to_owned).collect();
        Ok(Filter {
            kind,
            names: all("rule_name[]"),
            groups: all("rule_group[]"),
            files: all("file[]"),
            selectors: params.selectors().map_err(ApiError::bad_data)?,
        })
    }

    fn takes_group(&self, group: &GroupView) -> bool {
        is_one_of(&group.name, &self.groups) && is_one_of(&group.file, &self.files)
    }

    fn chosen<'a>(&self, group: &'a GroupView) -> Chosen<'a> {
        (group, group.rules.iter().filter(|rule| self.takes_rule(rule)).collect())
    }

    fn takes_rule(&self, rule: &RuleView) -> bool {
        let takes_kind = match self.kind.as_str() {
            "alert" => rule.alerting.is_some(),
            "record" => rule.alerting.is_none(),
            _ => true,
        };
        if !takes_kind || !is_one_of(&rule.name, &self.names) {
            return false;
        }
        let labels = Labels::from_pairs(rule.labels.iter().map(|(name, value)| (name, value)));
        let passes = |selector: &Vec<Matcher>| selector.iter().all(|matcher| matcher.matches_labels(&labels));
        self.selectors.is_empty() || self.selectors.iter().any(passes)
    }
}

fn is_one_of(text: &str, wanted: &[String]) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == text)
}

/// Which part of the groups is asked for.
struct Page {
    /// How many groups; absent for all of them.
    limit: Option<usize>,
    /// The token of the first; empty for the beginning.
    from: String,
}

impl Page {
    fn of(params: &Params) -> Result<Page, ApiError> {
        let (limit, from) = (params.get("group_limit"), params.get("group_next_token").to_owned());
        let bad_limit = |why: String| ApiError::bad_parameter("group_limit", why);
        if limit.is_empty() {
            if !from.is_empty() {
                let why = "group_limit needs to be present in order to paginate over the groups";
                return Err(ApiError::bad_parameter("group_next_token", why));
            }
            return Ok(Page { limit: None, from });
        }
        let number: i32 = limit.parse().map_err(|_| {
            let why = format!("strconv.ParseInt: parsing {}: invalid syntax", Quoted(limit));
            bad_limit(format!("group_limit needs to be a valid number: {why}"))
        })?;
        let limit = usize::try_from(number).ok().filter(|limit| *limit > 0);
        let limit = limit.ok_or_else(|| bad_limit("group_limit needs to be greater than 0".to_owned()))?;
        Ok(Page { limit: Some(limit), from })
    }

    /// The part of the chosen groups, and the token of the one behind it.
    fn cut<'a>(
        &self,
        groups: &[Arc<GroupView>],
        mut chosen: Vec<Chosen<'a>>,
    ) -> Result<(Vec<Chosen<'a>>, Option<String>), ApiError> {
        let Some(limit) = self.limit else { return Ok((chosen, None)) };
        if !self.from.is_empty() {
            // Groups come in the order of their files and names, in which the first need not be among the chosen.
            let first = groups.iter().find(|group| token(group) == self.from).ok_or_else(|| {
                let why = format!("invalid group_next_token '{}'. were rule groups changed?", self.from);
                ApiError::bad_parameter("group_next_token", why)
            })?;
            chosen.retain(|(group, _)| (&group.file, &group.name) >= (&first.file, &first.name));
        }
        let next = chosen.get(limit).map(|(group, _)| token(group));
        chosen.truncate(limit);
        Ok((chosen, next))
    }
}

/// Names a group in an address.
fn token(group: &GroupView) -> String {
    Fingerprint::of(&Labels::from_pairs([("file", &*group.file), ("group", &group.name)])).to_string()
}

fn excludes_alerts(params: &Params) -> Result<bool, ApiError> {
    match params.get("exclude_alerts").to_lowercase().as_str() {
        "" | "0" | "f" | "false" => Ok(false),
        "1" | "t" | "true" => Ok(true),
        text => {
            let why = format!("strconv.ParseBool: parsing {}: invalid syntax", Quoted(text));
            Err(ApiError::bad_parameter("exclude_alerts", format_args!("error converting exclude_alerts: {why}")))
        }
    }
}

#[cfg(test)]
mod tests;
