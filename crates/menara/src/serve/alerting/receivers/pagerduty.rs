//! Receivers of `pagerduty_configs`.

use std::path::Path;

use ::alerting::config::HttpConfig;
use ::alerting::config::receivers::pagerduty::{DEFAULT_DETAILS, PagerDuty as Config};
use notify::PagerDuty;
use notify::pagerduty::{FIRST_INTERFACE_URL, Interface, Second, Settings};
use notify::template::json_of;
use serde_json::{Map, Value};

use super::{Built, http, limit, source};

pub(super) fn built(config: &Config, http_config: Option<&HttpConfig>, folder: &Path) -> Built {
    // The address that can be set is that of the second interface.
    let (interface, url, key) = match &config.service_key {
        Some(key) => (Interface::First, FIRST_INTERFACE_URL, Some(key)),
        None => (Interface::Second, config.url.as_ref().map_or("", |url| url.as_str()), config.routing_key.as_ref()),
    };
    let settings = Settings {
        interface,
        url: url.to_owned(),
        key: source(key, folder, |key| key.expose().to_owned())?,
        description: config.description.clone(),
        client: vec![("client", config.client.clone()), ("client_url", config.client_url.clone())],
        details: details(config),
        second: second(config),
        timeout: limit(config.timeout),
        http: http::built(http_config, folder)?,
    };
    Ok(Box::new(PagerDuty::new(settings)))
}

/// The details of the file, and the standard ones that it does not name.
fn details(config: &Config) -> Value {
    let standard = DEFAULT_DETAILS.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text)));
    let own = config.details.iter().map(|(name, structure)| (name.clone(), json_of(&structure.0)));
    standard.chain(own).collect::<Map<_, _>>().into()
}

fn second(config: &Config) -> Second {
    let images = config
        .images
        .iter()
        .map(|image| vec![("src", image.src.clone()), ("alt", image.alt.clone()), ("href", image.href.clone())]);
    let links = config.links.iter().map(|link| vec![("href", link.href.clone()), ("text", link.text.clone())]);
    Second {
        severity: config.severity.clone(),
        payload: vec![
            ("source", config.source.clone()),
            ("component", config.component.clone()),
            ("group", config.group.clone()),
            ("class", config.class.clone()),
        ],
        images: images.collect(),
        links: links.collect(),
    }
}

#[cfg(test)]
mod tests {
    use ::alerting::config::receivers::read_entry;
    use ::alerting::{Syntax, config};

    use super::*;

    #[test]
    fn keys_of_services_go_to_the_first_interface() {
        for (keys, expected) in [
            ("service_key: a", ["First", FIRST_INTERFACE_URL]),
            ("{service_key: a, routing_key: b, url: 'http://h/'}", ["First", FIRST_INTERFACE_URL]),
            ("{routing_key_file: b, url: 'http://h/'}", ["Second", "http://h/"]),
        ] {
            let node = ::config::parse("", keys).expect("YAML");
            let entry = read_entry("pagerduty_configs", &node, Syntax::default()).expect("an entry");
            let config::Settings::PagerDuty(config) = entry.settings else { panic!("{keys}") };
            let shown = format!("{:?}", built(&config, None, Path::new("/etc")).expect("a receiver"));
            for part in expected {
                assert!(shown.contains(part), "{keys}: {shown}");
            }
        }
    }
}
