//! `victorops_configs`.

use std::collections::BTreeMap;

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::settings;
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::secret::{Secret, Source};
use super::super::url::Url;
use super::{Kind, refuse};

settings! {
    /// An alert for VictorOps.
    VictorOps {
        api_key: Option<Source<Secret>>,
        api_url: Option<Url>,
        routing_key: String,
        message_type: String = "CRITICAL",
        state_message: String = "{{ template \"victorops.default.state_message\" . }}",
        entity_display_name: String = "{{ template \"victorops.default.entity_display_name\" . }}",
        monitoring_tool: String = "{{ template \"victorops.default.monitoring_tool\" . }}",
        custom_fields: BTreeMap<String, String>,
    }
}

/// Fields that are ours to set.
const RESERVED: &[&str] = &[
    "routing_key",
    "message_type",
    "state_message",
    "entity_display_name",
    "monitoring_tool",
    "entity_id",
    "entity_state",
];

impl Kind for VictorOps {
    const GO_TYPE: &'static str = "victorops.plain";
    const MISSING: Option<&'static str> = Some("missing victorops config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<VictorOps> {
        let victorops = VictorOps::read_fields(block, context)?;
        if victorops.routing_key.is_empty() {
            return refuse(block, "missing Routing key in VictorOps config");
        }
        if let Some(field) = RESERVED.iter().find(|field| victorops.custom_fields.contains_key(**field)) {
            let why = format!(
                "victorOps config contains custom field {field} which cannot be used as it conflicts with the \
                 fixed/static fields"
            );
            return refuse(block, why);
        }
        Ok(victorops)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.api_url.get_or_insert_with(|| global.victorops_api_url.clone()).end_with_slash();
        self.api_key = self.api_key.take().or_else(|| global.victorops_api_key.clone());
        if self.api_key.is_none() {
            return Err("no global VictorOps API Key set");
        }
        Ok(())
    }
}
