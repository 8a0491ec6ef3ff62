//! `opsgenie_configs`.

use std::collections::BTreeMap;

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::{Nested, nested_fields, settings};
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::secret::{Secret, Source};
use super::super::template::is_template;
use super::super::url::Url;
use super::{Kind, refuse};

settings! {
    /// An alert for OpsGenie.
    OpsGenie {
        api_key: Option<Source<Secret>>,
        api_url: Option<Url>,
        message: String = "{{ template \"opsgenie.default.message\" . }}",
        description: String = "{{ template \"opsgenie.default.description\" . }}",
        source: String = "{{ template \"opsgenie.default.source\" . }}",
        details: BTreeMap<String, String>,
        entity: String,
        responders: Vec<Responder>,
        actions: String,
        tags: String,
        note: String,
        priority: String,
        update_alerts: bool,
    }
}

settings! {
    /// Who is asked to do something.
    Responder {
        id: String,
        name: String,
        username: String,
        r#type: String,
    }
}

nested_fields!(Responder);

const TYPES: &[&str] = &["team", "teams", "user", "escalation", "schedule"];

impl Nested for Responder {
    const GO_TYPE: &'static str = "opsgenie.OpsGenieConfigResponder";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Responder> {
        let mut responder = Responder::read_fields(block, context)?;
        let Responder { id, name, username, r#type } = &responder;
        // As Go prints the struct.
        let shown = format!("opsGenieConfig responder {{{id} {name} {username} {type}}}");
        if id.is_empty() && name.is_empty() && username.is_empty() {
            return refuse(block, format!("{shown} has to have at least one of id, username or name specified"));
        }
        let templated = match is_template(r#type) {
            Ok(templated) => templated,
            Err(error) => return refuse(block, format!("{shown} type contains invalid template syntax: {error}")),
        };
        if !templated {
            responder.r#type = responder.r#type.to_lowercase();
            if !TYPES.contains(&responder.r#type.as_str()) {
                let options = TYPES.join("|");
                return refuse(block, format!("{shown} type does not match valid options ^({options})$"));
            }
        }
        Ok(responder)
    }
}

impl Kind for OpsGenie {
    const GO_TYPE: &'static str = "opsgenie.plain";
    const MISSING: Option<&'static str> = None;

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<OpsGenie> {
        OpsGenie::read_fields(block, context)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.api_url.get_or_insert_with(|| global.opsgenie_api_url.clone()).end_with_slash();
        self.api_key = self.api_key.take().or_else(|| global.opsgenie_api_key.clone());
        if self.api_key.is_none() {
            return Err("no global OpsGenie API Key set either inline or in a file");
        }
        Ok(())
    }
}
