//! `menara serve`: starts the parts in order, and stops them in the reverse order with a deadline.

mod alerting;
mod containers;
mod directories;
mod external_url;
mod own_metrics;
mod random;
mod sampler;
mod sensing;
mod shipping;
mod stores;
mod worker;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Context;
use api::loki::{LokiBodies, LokiState};
use api::{AlertmanagerState, Api, BuildInfo, FamilySource, OwnNames, QueryPool, Reload, RequestCounters};
use containersensor::Registry;
use intake::{Intake, IntakeLimits};
use logql::Surroundings;
use model::Clock;
use parking_lot::Mutex;
use promql::{Engine, EngineOptions};
use rules::RulesView;
use storage::LogStore;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::ServeArgs;
use crate::clock::SystemClock;
use crate::language;
use crate::zones::SystemZones;
use alerting::{Alerting, Ground, Reloader, Site};
pub(crate) use containers::container_socket;
use containers::{Containers, Followers};
use directories::Directories;
pub(crate) use directories::{NOT_READ, config_folder, host_name, is_in_vain, list};
pub(crate) use external_url::external_url;
use own_metrics::OwnMetrics;
use shipping::Shipping;
use stores::Stores;
use worker::Worker;

/// Requests that are not answered by then are cut off.
const DRAIN_DEADLINE: Duration = Duration::from_secs(10);
/// Only address space: what is not used takes no memory.
const QUERY_STACK_BYTES: usize = 8 << 20;

/// Reads an interval such as `30s`.
pub(crate) fn interval(text: &str) -> Result<Duration, String> {
    let ms = model::duration::parse_ms(text).map_err(|error| error.to_string())?;
    Ok(Duration::from_millis(ms.unsigned_abs()))
}

/// Why serving ended badly.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments ask for something that is refused.
    Usage(String),
    /// Something did not work.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Other(error)
    }
}

/// Runs until a signal says stop.
pub(crate) fn run(args: &ServeArgs) -> Result<(), Failure> {
    if !args.listen.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "--listen {}: refused, since everyone who reaches this address could do everything as long as there are no users; \
             listen on a loopback address such as 127.0.0.1:7070",
            args.listen
        )));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.min(4))
        .max_blocking_threads(cores + 4)
        // A query's tree may be as deep as the parser allows, and is walked by recursion.
        .thread_stack_size(QUERY_STACK_BYTES)
        .thread_name("menara-async")
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(serve(args, cores))?;
    Ok(())
}

async fn serve(args: &ServeArgs, cores: usize) -> anyhow::Result<()> {
    // From now on it ends nothing; until there is something to reload, it waits.
    let hangup = signal(SignalKind::hangup()).context("cannot watch for SIGHUP")?;
    announce(&format!("menara {}", env!("CARGO_PKG_VERSION")));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let directories = Directories::open(args)?;
    announce(&format!("  config   {}", directories.describe_config()));
    let stores = Stores::open(&directories, &clock, Arc::new(LokiBodies))?;
    announce(&format!("  metrics  {}", stores.describe_metrics(&directories)));
    announce(&format!("  logs     {}", stores.describe_logs()));
    let logs: Arc<dyn LogStore> = Arc::new(stores.logs.clone());
    let intake = Arc::new(Intake::new(Arc::clone(&logs), Arc::clone(&clock), IntakeLimits::default()));
    let shipping = Shipping::open(&directories, Arc::clone(&logs), Arc::clone(&intake), Arc::clone(&clock))?;
    announce(&format!("  files    {}", shipping.describe()));
    let host = host_name();
    let containers = Containers::new(args, Arc::clone(&clock), &host);
    let listener = listen(args.listen).await?;
    let address = listener.local_addr().context("cannot tell the address listened on")?;
    let own = Arc::new(OwnMetrics::new(stores.clone(), Arc::clone(&clock)));
    own.set_lines(Arc::clone(&intake), shipping.counters());
    own.set_containers(containers.registry());
    let log_engine = log_engine(&clock);
    let external_url = args.external_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let alerting = Alerting::open(&Ground {
        directories: &directories,
        stores: &stores,
        clock: &clock,
        log_engine: log_engine.clone(),
        site: Site {
            folder: directories.config.clone(),
            external_url: external_url.clone(),
            shipped_rules: !args.no_shipped_rules,
            language: language::of_messages(args.message_language),
        },
    })?;
    announce(&format!("  alerts   {}", alerting.describe()));
    own.set_alerts(alerting.watched());
    let reloader = alerting.reloader();
    let sensed = Sensed {
        host_metrics: sensing::host_on_request(args, &clock),
        container_metrics: sensing::containers_on_request(&containers),
        containers: containers.registry(),
        files: shipping.status(),
        host: host.clone(),
        alerts: alerting.api(clock.now_ms()),
        rules: alerting.rules_view(),
        names: OwnNames::new(&external_url, &host),
        reload: reload(&reloader),
    };
    let (sampling, sampler) = sensing::start(args, &stores, &containers, &clock, &own, &host)?;
    let followers = Followers { sampler, logs: shipping.container_logs(), intake: Arc::clone(&intake) };
    let mut workers = vec![shipping.start()?, sampling];
    workers.extend(containers.start(followers)?);
    workers.extend(alerting.start(args.config_auto_reload_interval)?);
    workers.extend(stores.start_workers()?);
    announce(&format!("  host     {} collectors, every 15 s", hostsensor::collector_names().len()));
    let api = Arc::new(assemble_api(&stores, intake, sensed, log_engine, clock, &own, cores));
    // Watched before anybody is told that the start is over.
    let signals = Signals::watch()?;
    reload_on_hangup(reloader, hangup);
    api.set_ready(true);
    announce(&format!("  web      http://{address}/"));
    answer_until_signal(listener, &api, signals).await?;
    stop(workers, &stores)
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let hint = "is Menara running already? Another address can be given with --listen";
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}; {hint}"))
}

/// What the sensors know, for whoever asks.
struct Sensed {
    host_metrics: FamilySource,
    container_metrics: FamilySource,
    containers: Arc<Registry>,
    files: Arc<Mutex<shipper::Status>>,
    host: String,
    alerts: Arc<AlertmanagerState>,
    rules: RulesView,
    names: OwnNames,
    reload: Reload,
}

fn assemble_api(
    stores: &Stores,
    intake: Arc<Intake>,
    sensed: Sensed,
    log_engine: logql::Engine,
    clock: Arc<dyn Clock>,
    own: &Arc<OwnMetrics>,
    cores: usize,
) -> Api {
    let requests = Arc::new(RequestCounters::default());
    own.set_requests(Arc::clone(&requests));
    let own = Arc::clone(own);
    Api {
        metrics: Arc::new(stores.metrics.clone()),
        engine: Engine::new(EngineOptions::default()),
        logs: Arc::new(stores.logs.clone()),
        intake,
        log_engine,
        loki: LokiState::default(),
        alerts: Some(sensed.alerts),
        rules: sensed.rules,
        pool: QueryPool::new(cores),
        clock,
        build: BuildInfo { version: env!("CARGO_PKG_VERSION") },
        own_metrics: Arc::new(move || own.families()),
        host: sensed.host,
        host_metrics: sensed.host_metrics,
        containers: sensed.containers,
        container_metrics: sensed.container_metrics,
        files: sensed.files,
        reload: sensed.reload,
        names: sensed.names,
        requests,
        ready: AtomicBool::new(false),
    }
}

fn log_engine(clock: &Arc<dyn Clock>) -> logql::Engine {
    let surroundings =
        Surroundings { clock: Arc::clone(clock), zones: Arc::new(SystemZones), local: SystemZones::local() };
    logql::Engine::new(logql::EngineOptions { surroundings, ..logql::EngineOptions::default() })
}

/// What the API does to have the configuration read anew.
fn reload(reloader: &Arc<Reloader>) -> Reload {
    let reloader = Arc::clone(reloader);
    Arc::new(move || reloader.reload())
}

/// Reads the configuration anew at each SIGHUP. Those that come while that is done are one.
fn reload_on_hangup(reloader: Arc<Reloader>, mut hangup: Signal) {
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            let reloader = Arc::clone(&reloader);
            // What is wrong stands in the log.
            if let Err(error) = tokio::task::spawn_blocking(move || reloader.reload().ok()).await {
                tracing::error!("BUG: reading the configuration panicked: {error}");
            }
        }
    });
}

/// The signals that end the program.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn watch() -> anyhow::Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?,
            terminate: signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?,
        })
    }
}

/// Serves until SIGINT or SIGTERM, then answers what has begun, up to the deadline.
async fn answer_until_signal(listener: TcpListener, api: &Arc<Api>, mut signals: Signals) -> anyhow::Result<()> {
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let graceful = {
        let api = Arc::clone(api);
        async move {
            tokio::select! {
                _ = signals.interrupt.recv() => tracing::info!("SIGINT received, stopping"),
                _ = signals.terminate.recv() => tracing::info!("SIGTERM received, stopping"),
            }
            api.set_ready(false);
            stopping.send(true).ok();
        }
    };
    let server = axum::serve(listener, api::router(Arc::clone(api))).with_graceful_shutdown(graceful);
    let deadline = async {
        if stopped.wait_for(|stopped| *stopped).await.is_ok() {
            tokio::time::timeout(DRAIN_DEADLINE, std::future::pending::<()>()).await.ok();
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        result = server.into_future() => result.context("the listener failed"),
        () = deadline => {
            tracing::warn!(seconds = DRAIN_DEADLINE.as_secs(), "requests were cut off at the deadline");
            Ok(())
        }
    }
}

fn stop(workers: Vec<Worker>, stores: &Stores) -> anyhow::Result<()> {
    for worker in workers {
        worker.stop();
    }
    stores.close()?;
    tracing::info!("stopped");
    Ok(())
}

/// A line for whoever started the program by hand.
fn announce(line: &str) {
    // Nobody has to be reading.
    writeln!(std::io::stdout(), "{line}").ok();
}
