//! The configuration files that upstream ships: each loads, or is refused in upstream's words.

use std::io;
use std::path::Path;

use crate::suite::{CaseResult, case_id, find_files, run_case};

use super::{configs, expect};

/// What is wrong with the files that upstream refuses and whose refusal is not a case of `config_cases.yaml`.
const REFUSED: &[(&str, &str)] = &[
    (
        "config/testdata/conf.mattermost-both-webhook-url-and-file.yml",
        "at most one of mattermost_webhook_url & mattermost_webhook_url_file must be configured",
    ),
    (
        "config/testdata/conf.mattermost-valid-receiver-both-webhook-url-and-file.yml",
        "at most one of mattermost_webhook_url & mattermost_webhook_url_file must be configured",
    ),
    ("config/testdata/conf.nil-source_match_re-inhibition.yml", "invalid regexp value for \"invalid_source_label\""),
    ("config/testdata/conf.nil-target_match_re-inhibition.yml", "invalid regexp value for \"invalid_target_label\""),
    (
        "config/testdata/conf.rocketchat-both-token-and-tokenfile.yml",
        "at most one of rocketchat_token & rocketchat_token_file must be configured",
    ),
    ("config/testdata/conf.rocketchat-no-token.yml", "no global Rocketchat Token set either inline or in a file"),
    (
        "config/testdata/conf.slack-no-api-url-or-token.yml",
        "no Slack API URL nor App token set either inline or in a file",
    ),
    (
        "config/testdata/conf.slack-update-message-and-webhook.yml",
        "update_message can only be used with bot tokens. api_url must be set to \
         https://slack.com/api/chat.postMessage",
    ),
    ("cli/testdata/conf.bad.yml", "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `BAD` into config.plain"),
];

/// Runs every file that is a configuration of Alertmanager. Those that are cases already are run once more, which is nothing.
pub(super) fn run(cases: &Path, folder: &Path) -> io::Result<Vec<CaseResult>> {
    let is_config = |path: &Path| {
        let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
        let folders = ["config/testdata/", "cli/testdata/", "doc/examples/", "examples/ha/alertmanager"];
        folders.iter().any(|folder| name.starts_with(folder)) && name.ends_with(".yml")
    };
    let listed = std::fs::read_to_string(folder.join("config_cases.yaml")).unwrap_or_default();
    let mut results = Vec::new();
    for path in find_files(folder, &is_config)? {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        if listed.contains(&format!("config_file: {name}")) {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let refused = REFUSED.iter().find(|(file, _)| *file == name).map(|(_, why)| (*why).to_owned());
        results.push(run_case(case_id(cases, &path, 1), || expect("error", &configs::load(&text).err(), &refused)));
    }
    Ok(results)
}
