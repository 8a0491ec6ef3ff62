//! Reading `promtail.yaml`.

use std::sync::Arc;

use config::{Block, Fate, Notice, Report};
use model::Labels;
use relabel::{NameScheme, Rule};

use crate::glob::Glob;
use crate::settings::{Settings, Target};

const LOCAL: &str = "lines go to the log store of this process";
/// Keys of a client that say how to reach it.
const CLIENT_KEYS: &[&str] = &[
    "url",
    "name",
    "batchwait",
    "batchsize",
    "timeout",
    "backoff_config",
    "tenant_id",
    "headers",
    "drop_rate_limited_batches",
    "basic_auth",
    "authorization",
    "oauth2",
    "bearer_token",
    "bearer_token_file",
    "tls_config",
    "proxy_url",
    "no_proxy",
    "proxy_from_environment",
    "proxy_connect_header",
    "follow_redirects",
    "enable_http2",
    "http_headers",
    "stream_lag_labels",
];
/// Other places that a job may take lines from.
const OTHER_SOURCES: &[&str] = &[
    "journal",
    "syslog",
    "gcplog",
    "gelf",
    "loki_push_api",
    "windows_events",
    "kafka",
    "azure_event_hubs",
    "cloudflare",
    "heroku_drain",
    "file_sd_configs",
    "http_sd_configs",
    "kubernetes_sd_configs",
    "docker_sd_configs",
    "dockerswarm_sd_configs",
    "consul_sd_configs",
    "consulagent_sd_configs",
    "dns_sd_configs",
    "ec2_sd_configs",
    "gce_sd_configs",
    "azure_sd_configs",
    "openstack_sd_configs",
    "digitalocean_sd_configs",
    "marathon_sd_configs",
    "nerve_sd_configs",
    "serverset_sd_configs",
    "triton_sd_configs",
];

impl Settings {
    /// Reads the text of a `promtail.yaml`. `file` names it in errors and notices, `host` is this machine's name.
    ///
    /// # Errors
    /// With file, line and column, for what Promtail would refuse.
    pub fn from_promtail(file: &str, text: &str, host: &str) -> config::Result<(Settings, Vec<Notice>)> {
        let root = config::parse(file, text)?;
        let report = Report::new();
        let mut block = Block::root(&root, "config.Config", &report)?;
        for key in ["server", "positions", "tracing", "wal"] {
            block.ignored(key, LOCAL);
        }
        for key in ["target_config", "global"] {
            block.ignored(key, "files are looked for every 2 seconds and read every 250 milliseconds");
        }
        block.not_built("limits_config", "lines have the limits of the log store");
        let external = external_labels(&mut block)?;
        block.not_built("options", "streams are not given lag labels");
        let mut settings = Settings::default();
        for job in block.blocks("scrape_configs", "scrapeconfig.Config")? {
            read_job(job, &external, host, &report, &mut settings)?;
        }
        block.finish()?;
        Ok((settings, report.into_notices()))
    }
}

/// The labels that the first client adds to every line; how to reach the clients does not matter.
fn external_labels(block: &mut Block<'_>) -> config::Result<Vec<(String, String)>> {
    let mut clients = block.blocks("clients", "client.Config")?;
    clients.extend(block.block("client", "client.Config")?);
    let mut first: Option<Vec<(String, String)>> = None;
    for mut client in clients {
        for key in CLIENT_KEYS {
            client.ignored(key, LOCAL);
        }
        if first.is_none() {
            let labels = client.text_map("external_labels")?;
            first = Some(labels.into_iter().map(|(entry, value)| (entry.key.clone(), value.to_owned())).collect());
        } else {
            client.ignored("external_labels", "those of the first client are added to the lines");
        }
        client.finish()?;
    }
    Ok(first.unwrap_or_default())
}

fn read_job(
    mut job: Block<'_>,
    external: &[(String, String)],
    host: &str,
    report: &Report,
    settings: &mut Settings,
) -> config::Result<()> {
    let name = job.text("job_name")?.unwrap_or_default().to_owned();
    job.not_built("pipeline_stages", "the lines of this job are kept as they stand in the file");
    job.not_built("decompression", "compressed files of this job are passed over");
    job.not_built("encoding", "the lines of this job are taken for UTF-8");
    job.ignored("entry_parser", "Promtail itself no longer reads it");
    for source in OTHER_SOURCES {
        job.not_built(source, "no lines come from there");
    }
    let rules = relabel::read(&mut job, "relabel_configs", NameScheme::Legacy)?;
    for group in job.blocks("static_configs", "targetgroup.Group")? {
        read_group(group, &name, &rules, external, host, report, settings)?;
    }
    job.finish()
}

fn read_group(
    mut group: Block<'_>,
    job: &str,
    rules: &[Rule],
    external: &[(String, String)],
    host: &str,
    report: &Report,
    settings: &mut Settings,
) -> config::Result<()> {
    let node = group.node();
    let mut addresses = group.texts("targets")?;
    if addresses.is_empty() {
        addresses.push("localhost".to_owned());
    }
    let mut labels = Labels::empty().to_builder();
    for (entry, value) in group.text_map("labels")? {
        if !model::labels::is_legacy_label_name(&entry.key) {
            return Err(entry.value.error(format!("\"{}\" is not a valid label name", entry.key)));
        }
        labels.set(&entry.key, value);
    }
    let passed_over = |why: String| {
        let file = Arc::clone(node.file());
        let key = format!("static_configs of job \"{job}\"");
        report.add(Notice { file, position: node.position(), key, fate: Fate::Ignored(why) });
    };
    for address in addresses {
        labels.set("__address__", &address);
        let Some(labels) = relabel::apply(rules, &labels.build()) else {
            passed_over("relabelling drops this target".to_owned());
            continue;
        };
        let wanted_host = labels.get("__host__");
        if !wanted_host.is_empty() && wanted_host != host {
            passed_over(format!("__host__ is {wanted_host}, this machine is {host}"));
            continue;
        }
        if labels.get("__path__").is_empty() {
            passed_over("no __path__ label".to_owned());
            continue;
        }
        let glob = |name: &str| Glob::new(labels.get(name)).map_err(|text| node.error(text));
        let exclude = if labels.contains("__path_exclude__") { Some(glob("__path_exclude__")?) } else { None };
        let pattern = glob("__path__")?;
        let target = Target { job: job.to_owned(), pattern, exclude, labels: shown(&labels, external), by_name: true };
        let is_same = |other: &Target| {
            other.labels == target.labels
                && other.pattern.as_str() == target.pattern.as_str()
                && other.exclude.as_ref().map(Glob::as_str) == target.exclude.as_ref().map(Glob::as_str)
        };
        if !settings.targets.iter().any(is_same) {
            settings.targets.push(target);
        }
    }
    group.finish()
}

/// The labels that lines get: those of the target without the hidden ones, and those of the client that the target does not have.
fn shown(labels: &Labels, external: &[(String, String)]) -> Labels {
    let mut shown = Labels::from_pairs(external.iter().map(|(name, value)| (name, value))).to_builder();
    for (name, value) in labels.iter().filter(|(name, _)| !name.starts_with("__")) {
        shown.set(name, value);
    }
    shown.build()
}
