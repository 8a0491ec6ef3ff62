//! Cases of rules' and consoles' templates.

use std::path::Path;
use std::sync::Arc;

use gotemplate::functions::prometheus;
use gotemplate::{Functions, Templates};

use super::host::RuleHost;
use super::{Case, data, patterns};

const NAME: &str = "test";

pub(super) fn check(case: &Case<'_>, _folder: &Path) -> Result<(), String> {
    let mut templates = templates();
    if let Some(options) = case.get("options") {
        for option in options.items("list").map_err(|error| error.to_string())? {
            templates = templates.option(option.text().unwrap_or("")).map_err(|error| error.to_string())?;
        }
    } else {
        templates = templates.option("missingkey=zero").map_err(|error| error.to_string())?;
    }
    if let Err(error) = templates.parse(NAME, case.text("template")) {
        return case.judge(Err(format!("error parsing template {NAME}: {error}")));
    }
    let mut html = Vec::new();
    if case.is_html() {
        for name in templates.names() {
            html.push((name.to_owned(), templates.to_html(name).map_err(|error| error.to_string())?));
        }
    }
    let chosen = html.iter().find(|(name, _)| name == NAME).map_or(&templates, |(_, templates)| templates);
    let samples = data::samples(case.get("query_result"))?;
    let data = data::of_node(case.get("data"))?;
    let mut out = String::new();
    let host = RuleHost { samples, html: &html };
    let result = chosen.execute_with(NAME, data, &host, &mut out);
    case.judge(result.map(|()| out).map_err(|error| format!("error executing template {NAME}: {error}")))
}

/// The functions of rules, and no templates yet.
pub(super) fn templates() -> Templates {
    let mut functions = Functions::new();
    prometheus(&mut functions, &patterns());
    Templates::new(Arc::new(functions))
}
