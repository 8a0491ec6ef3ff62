//! What handlers need.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use containersensor::Registry;
use exposition::Family;
use intake::Intake;
use model::Clock;
use parking_lot::Mutex;
use promql::Engine;
use rules::RulesView;
use storage::{LogStore, MetricStore};

use crate::alertmanager::AlertmanagerState;
use crate::counters::RequestCounters;
use crate::guard::OwnNames;
use crate::json;
use crate::loki::LokiState;
use crate::pool::QueryPool;

/// Gives metric families when asked; may block.
pub type FamilySource = Arc<dyn Fn() -> Vec<Family> + Send + Sync>;

/// Reads the configuration anew when asked; may block. Says what is wrong when what runs was kept.
pub type Reload = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// The parts behind the HTTP surface.
pub struct Api {
    /// The store that queries read.
    pub metrics: Arc<dyn MetricStore>,
    /// Evaluates queries over metrics.
    pub engine: Engine,
    /// The store of lines that queries read.
    pub logs: Arc<dyn LogStore>,
    /// Where pushed lines go in.
    pub intake: Arc<Intake>,
    /// Evaluates queries over lines.
    pub log_engine: logql::Engine,
    /// What the handlers of Loki's API share.
    pub loki: LokiState,
    /// The alert manager, for Alertmanager's API; absent where alerts are not configured.
    pub alerts: Option<Arc<AlertmanagerState>>,
    /// What rules found; nothing where there are none.
    pub rules: RulesView,
    /// Where queries run.
    pub pool: QueryPool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What this program is.
    pub build: BuildInfo,
    /// The program's own metrics, for `/metrics`.
    pub own_metrics: FamilySource,
    /// A fresh reading of the host sensor, for `/sensors/host/metrics`.
    pub host_metrics: FamilySource,
    /// The name of this host, which is the `instance` of its series and the `host` of its lines.
    pub host: String,
    /// All containers of this host, for `/sensors/containers`.
    pub containers: Arc<Registry>,
    /// A fresh reading of all containers, for `/sensors/containers/metrics`.
    pub container_metrics: FamilySource,
    /// Which log files are followed and which are not, for `/sensors/files`.
    pub files: Arc<Mutex<shipper::Status>>,
    /// Reads the configuration anew, for `/-/reload`.
    pub reload: Reload,
    /// Under which names requests may come.
    pub names: OwnNames,
    /// Requests answered.
    pub requests: Arc<RequestCounters>,
    /// Whether every part has started and none is stopping.
    pub ready: AtomicBool,
}

/// What this program is.
#[derive(Clone, Debug)]
pub struct BuildInfo {
    /// Menara's version.
    pub version: &'static str,
}

impl BuildInfo {
    /// As Prometheus and Loki say it in `/status/buildinfo`, with the version of the API that is spoken: clients look at it to know what they
    /// may ask for, so it comes first and Menara's own follows as build metadata.
    pub(crate) fn json(&self, api_version: &str) -> String {
        let version = format!("{api_version}+menara.{}", self.version);
        let unknown = ["revision", "branch", "buildUser", "buildDate", "goVersion"].map(|name| (name, ""));
        let mut out = String::new();
        json::push_pairs(&mut out, [("version", &*version)].into_iter().chain(unknown));
        out
    }
}

impl Api {
    /// Says whether `/-/ready` and `/ready` answer 200.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::SeqCst);
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("build", &self.build).finish_non_exhaustive()
    }
}
