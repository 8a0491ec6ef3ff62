//! Everything that the configuration says, read as a whole: at the start and again when it is reloaded.

use std::path::PathBuf;
use std::sync::Arc;

use ::alerting::Config;
use md5::{Digest, Md5};
use model::Clock;
use notify::Notifiers;
use notify::telegram::QuietBots;

use super::receivers;
use super::watch::WatchedFiles;
use crate::configuration::{self, ALERTMANAGER_FILE, NOBODY_IS_TOLD, PROMTAIL_FILE, Rules};

/// Where the configuration is, and what the command line says to it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The configuration directory.
    pub(crate) folder: PathBuf,
    /// Where people reach this server, without a slash at the end; links in messages begin with it.
    pub(crate) external_url: String,
    /// Whether the rules that are shipped are evaluated too.
    pub(crate) shipped_rules: bool,
    /// What messages of our own are written in.
    pub(crate) language: notify::Language,
}

/// A configuration that makes sense.
#[derive(Debug)]
pub(super) struct Configuration {
    pub(super) alertmanager: Arc<Config>,
    /// Upstream's number for the text of `alertmanager.yml`.
    pub(super) hash: f64,
    pub(super) notifiers: Notifiers,
    pub(super) rules: Rules,
    pub(super) files: WatchedFiles,
    /// The text of `promtail.yaml`, which only the start obeys.
    pub(super) promtail: Option<String>,
}

impl Configuration {
    /// Reads all files, and warns of what they say in vain. Must be called within the runtime on which messages are to be sent.
    ///
    /// # Errors
    /// What is wrong with any of them.
    pub(super) fn read(site: &Site, clock: &Arc<dyn Clock>, quiet: &Arc<QuietBots>) -> anyhow::Result<Configuration> {
        let path = site.folder.join(ALERTMANAGER_FILE);
        let text = configuration::text_of(&path)?;
        let text = text.as_deref().unwrap_or(NOBODY_IS_TOLD);
        let alertmanager = Arc::new(configuration::alertmanager(&path, text)?.tell());
        let rules = configuration::rules(&site.folder, site.shipped_rules)?.tell();
        let notifiers = receivers::notifiers(&alertmanager, site, clock, quiet)?;
        let promtail = configuration::text_of(&site.folder.join(PROMTAIL_FILE))?;
        let files = WatchedFiles::of(&site.folder, &alertmanager, &rules);
        Ok(Configuration { alertmanager, hash: hash(text), notifiers, rules, files, promtail })
    }
}

/// The first six bytes of the text's MD5, so that a float holds them exactly.
fn hash(text: &str) -> f64 {
    let digest = Md5::digest(text.as_bytes());
    digest.iter().take(6).rev().fold(0.0, |number, byte| number * 256.0 + f64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_upstreams() {
        // MD5 of nothing begins with d4 1d 8c d9 8f 00, the lowest byte first.
        assert_eq!(hash(""), f64::from(0x8fu8) * 4_294_967_296.0 + f64::from(0xd98c_1dd4_u32));
    }
}
