//! The templates of labels and annotations.

use std::sync::{Arc, LazyLock};

use gotemplate::functions::{Patterns, prometheus, query_result, sample};
use gotemplate::{Args, Functions, Host, MissingKey, Templates, Value};
use model::Labels;

/// What stands before the text of a rule's template.
const PRESET: &str = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}\
                      {{$value := .Value}}";
/// The type of the data, as templates print it.
const DATA_TYPE: &str =
    "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }";

static FUNCTIONS: LazyLock<Arc<Functions>> = LazyLock::new(|| {
    let mut functions = Functions::new();
    let patterns: Arc<dyn Patterns> = Arc::new(Compiled);
    prometheus(&mut functions, &patterns);
    Arc::new(functions)
});

/// The template of a label or annotation. Two are equal when their texts are.
#[derive(Clone, Debug)]
pub struct Template {
    text: String,
    name: String,
    /// None for a text without actions, which expands to itself.
    parsed: Option<Templates>,
}

/// Answers a query: labels and values, in their order, or why there are none.
pub type Query<'s> = dyn Fn(&str) -> Result<Vec<(Labels, f64)>, String> + 's;

/// What a template can ask for besides its sample.
#[derive(Clone, Copy)]
pub struct Scene<'s> {
    /// Answers `query`.
    pub query: &'s Query<'s>,
    /// The moment of the evaluation, in milliseconds.
    pub time_ms: i64,
    /// The labels that tell this server from others.
    pub external_labels: &'s Labels,
    /// Where people reach this server.
    pub external_url: &'s str,
}

impl Template {
    /// Parses a template of an alert.
    ///
    /// # Errors
    /// What is wrong with it, in Prometheus' words.
    pub fn parse(alert: &str, text: &str) -> Result<Template, String> {
        let name = format!("__alert_{alert}");
        let mut parsed = None;
        if text.contains("{{") {
            let mut templates = Templates::new(Arc::clone(&FUNCTIONS)).missing_key(MissingKey::Zero);
            templates
                .parse(&name, &format!("{PRESET}{text}"))
                .map_err(|error| format!("error parsing template {name}: {error}"))?;
            parsed = Some(templates);
        }
        Ok(Template { text: text.to_owned(), name, parsed })
    }

    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text for a sample: its labels, the metric's name among them, and its value.
    ///
    /// # Errors
    /// What went wrong, in Prometheus' words.
    pub fn expand(&self, labels: &Labels, value: f64, scene: &Scene<'_>) -> Result<String, String> {
        let Some(templates) = &self.parsed else { return Ok(self.text.clone()) };
        let data = Value::record(
            DATA_TYPE,
            vec![
                ("Labels", map_of(labels)),
                ("ExternalLabels", map_of(scene.external_labels)),
                ("ExternalURL", Value::str(scene.external_url.to_owned())),
                ("Value", Value::Float(value)),
            ],
        );
        let mut out = String::new();
        templates
            .execute_with(&self.name, data, &SceneHost(scene), &mut out)
            .map_err(|error| format!("error executing template {}: {error}", self.name))?;
        Ok(out)
    }
}

impl PartialEq for Template {
    fn eq(&self, other: &Template) -> bool {
        self.text == other.text
    }
}

fn map_of<'a>(labels: &Labels) -> Value<'a> {
    Value::string_map(labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// Answers what depends on the evaluation.
struct SceneHost<'s>(&'s Scene<'s>);

impl<'a> Host<'a> for SceneHost<'_> {
    fn call(&self, name: &str, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        match name {
            "query" => {
                let samples = (self.0.query)(args.str(0))?;
                Ok(query_result(samples.iter().map(|(labels, value)| sample(map_of(labels), *value)).collect()))
            }
            "now" => Ok(Value::Float(self.0.time_ms as f64 / 1000.0)),
            "externalURL" => Ok(self.0.external_url.to_owned().into()),
            "pathPrefix" => Ok(path_of(self.0.external_url).to_owned().into()),
            _ => Err(format!("function {name} is not available in rules")),
        }
    }
}

/// The path of a URL.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.find(['?', '#']).map_or(rest, |end| &rest[..end]);
    rest.find('/').map_or("", |start| &rest[start..])
}

/// Regular expressions, compiled for each call: few templates have one.
#[derive(Debug)]
struct Compiled;

impl Patterns for Compiled {
    fn is_match(&self, pattern: &str, text: &str) -> Result<bool, String> {
        Ok(goregex::Regex::new(pattern).map_err(|error| error.to_string())?.is_match(text))
    }

    fn replace_all(&self, pattern: &str, text: &str, replacement: &str) -> Result<String, String> {
        Ok(goregex::Regex::new(pattern).map_err(|error| error.to_string())?.replace_all(text, replacement))
    }
}

impl std::fmt::Debug for Scene<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scene").field("time_ms", &self.time_ms).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expands a text for the sample `up{job="node",instance="a:9100"} 1.5`.
    fn check(text: &str, expected: &str) {
        let labels = Labels::from_pairs([("__name__", "up"), ("job", "node"), ("instance", "a:9100")]);
        let query = |query: &str| match query {
            "up" => Ok(vec![(labels.clone(), 2.0)]),
            "none" => Ok(Vec::new()),
            _ => Err("1:1: parse error: nonsense".to_owned()),
        };
        let external_labels = Labels::from_pairs([("site", "home")]);
        let scene = Scene {
            query: &query,
            time_ms: 1500,
            external_labels: &external_labels,
            external_url: "http://host:9090/menara?x=/y",
        };
        let template = Template::parse("Test", text).expect("a template");
        let found = template.expand(&labels, 1.5, &scene).unwrap_or_else(|error| format!("error: {error}"));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn templates_know_their_sample_and_their_server() {
        check("plain", "plain");
        check("{{ $labels.instance }} is {{ $value }}", "a:9100 is 1.5");
        check("{{ $labels }}", "map[__name__:up instance:a:9100 job:node]");
        check("{{ $labels.nothing }}{{ .Labels.job }}", "node");
        check(
            "{{ $externalLabels.site }} {{ $externalURL }} {{ pathPrefix }}",
            "home http://host:9090/menara?x=/y /menara",
        );
        check("{{ now }} {{ $value | humanizePercentage }}", "1.5 150%");
        check("{{ query \"up\" | first | value }} {{ range query \"none\" }}x{{ end }}", "2 ");
        check("{{ reReplaceAll \":.*\" \"\" $labels.instance }} {{ match \"a.*\" $labels.instance }}", "a true");
    }

    #[test]
    fn errors_name_the_template() {
        check(
            "{{ query \"x\" }}",
            "error: error executing template __alert_Test: template: __alert_Test:1:115: executing \"__alert_Test\" at \
             <query \"x\">: error calling query: 1:1: parse error: nonsense",
        );
        let error = Template::parse("Test", "{{ $nothing }}").map(|_| ());
        assert_eq!(
            error,
            Err("error parsing template __alert_Test: template: __alert_Test:1: undefined variable \"$nothing\""
                .to_owned())
        );
    }
}
