//! `jira_configs`.

use std::collections::BTreeMap;

use ::config::{Block, Result, Value};

use super::super::context::Context;
use super::super::field::{Any, Field, Nested, PromDuration, settings};
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::url::Url;
use super::{Kind, refuse};

settings! {
    /// An issue in Jira.
    Jira {
        api_url: Option<Url>,
        api_type: String = "auto",
        project: String,
        summary: JiraText = JiraText::of("{{ template \"jira.default.summary\" . }}"),
        description: JiraText = JiraText::of("{{ template \"jira.default.description\" . }}"),
        labels: JiraLabels = JiraLabels { values: Vec::new(), enable_update: None },
        priority: String = "{{ template \"jira.default.priority\" . }}",
        issue_type: String,
        reopen_transition: String,
        resolve_transition: String,
        wont_fix_resolution: String,
        reopen_duration: PromDuration = PromDuration { ms: 0 },
        fields: BTreeMap<String, Any>,
    }
}

settings! {
    /// A text of an issue; in the file a template, or a block.
    JiraText {
        template: String,
        enable_update: Option<bool>,
    }
}

settings! {
    /// The labels of an issue; in the file a list, or a block.
    JiraLabels {
        values: Vec<String>,
        enable_update: Option<bool>,
    }
}

impl JiraText {
    fn of(template: &str) -> JiraText {
        JiraText { template: template.to_owned(), enable_update: None }
    }
}

impl Nested for JiraText {
    const GO_TYPE: &'static str = "jira.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<JiraText> {
        JiraText::read_fields(block, context)
    }
}

impl Nested for JiraLabels {
    const GO_TYPE: &'static str = "jira.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<JiraLabels> {
        JiraLabels::read_fields(block, context)
    }
}

impl Field for JiraText {
    fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<JiraText>> {
        match block.get(key) {
            None => Ok(None),
            Some(node) if matches!(node.value(), Value::Map(_)) => {
                let nested = block.block(key, <JiraText as Nested>::GO_TYPE)?;
                nested.map(|nested| JiraText::whole(nested, context)).transpose()
            }
            Some(node) => Ok(Some(JiraText::of(node.text()?))),
        }
    }
}

impl Field for JiraLabels {
    fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<JiraLabels>> {
        match block.get(key) {
            None => Ok(None),
            Some(node) if matches!(node.value(), Value::Map(_)) => {
                let nested = block.block(key, <JiraLabels as Nested>::GO_TYPE)?;
                nested.map(|nested| JiraLabels::whole(nested, context)).transpose()
            }
            Some(_) => Ok(Some(JiraLabels { values: block.texts(key)?, enable_update: None })),
        }
    }
}

impl Kind for Jira {
    const GO_TYPE: &'static str = "jira.plain";
    const MISSING: Option<&'static str> = Some("missing jira config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<Jira> {
        let jira = Jira::read_fields(block, context)?;
        if jira.project.is_empty() {
            return refuse(block, "missing project in jira_config");
        }
        if jira.issue_type.is_empty() {
            return refuse(block, "missing issue_type in jira_config");
        }
        if !["auto", "cloud", "datacenter"].contains(&jira.api_type.as_str()) {
            return refuse(block, "unknown api_type on jira_config, must be auto, cloud or datacenter");
        }
        Ok(jira)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.api_url = self.api_url.take().or_else(|| global.jira_api_url.clone());
        if self.api_url.is_none() {
            return Err("no global Jira Cloud URL set");
        }
        Ok(())
    }
}
