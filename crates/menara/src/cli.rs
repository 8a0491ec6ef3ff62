//! The command line.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::language::MessageLanguage;
use crate::{check_config, logging, logs, query, serve, telegram_notifier};

/// Exit code for arguments that make no sense; clap uses the same.
const USAGE: u8 = 2;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Cyan.on_default());

/// Keeps watch over this server: measures the host, stores what it measures, answers PromQL and shows it in the browser.
#[derive(Debug, Parser)]
#[command(name = "menara", version, styles = STYLES, disable_version_flag = true, disable_help_subcommand = true)]
#[command(after_help = "Start with `menara serve` and open http://127.0.0.1:7070/.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run Menara: sensors, store, API and web page in one process.
    ///
    /// Needs no configuration. Stops on Ctrl-C or SIGTERM after finishing what it has begun; started again it has all its data.
    Serve(Box<ServeArgs>),
    /// Ask a running Menara (or any Prometheus) a PromQL query.
    ///
    /// Exits with 1 when the query fails, 2 when the arguments make no sense, 3 when no server answers.
    Query(QueryArgs),
    /// Print log lines, or follow them as they come.
    ///
    /// Shows the newest lines in the order of time. Labels that all lines share are told once, on the error stream. Exits with 1 when the
    /// query fails, 2 when the arguments make no sense, 3 when no server answers.
    Logs(LogsArgs),
    /// Say what is wrong with configuration files, as amtool and promtool do.
    ///
    /// Takes alertmanager.yml, prometheus.yml, promtail.yaml and files of rules, and tells them apart by their keys or names. Without
    /// files it checks what `serve` would read. Warns of what this version does not do. Exits with 1 when a file is wrong, 2 when the arguments make
    /// no sense.
    CheckConfig(CheckConfigArgs),
    /// Take an Alertmanager's webhooks at /alert/<chat>[/<topic>] and write them into Telegram chats.
    ///
    /// For an Alertmanager that is not Menara's own. Answers 403 for a chat that is not on the list, 400 for what is no webhook's message,
    /// and 502 when Telegram refuses.
    TelegramNotifier(TelegramNotifierArgs),
    /// Print the version.
    Version,
}

/// Where things are and where to listen.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Directory of configuration files [default: $CONFIGURATION_DIRECTORY, /etc/menara as root, else ~/.config/menara]
    #[arg(long, value_name = "DIR")]
    pub(crate) config_dir: Option<PathBuf>,
    /// Directory of all data [default: $STATE_DIRECTORY, /var/lib/menara as root, else ~/.local/share/menara]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Address of the web page and all APIs; only loopback addresses as long as there are no users
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7070")]
    pub(crate) listen: SocketAddr,
    /// Where people reach this server, for links in messages [default: http:// and the address listened on]. Requests may name its host
    #[arg(long, value_name = "URL", value_parser = serve::external_url)]
    pub(crate) external_url: Option<String>,
    /// How often to look whether rules, routes and templates have changed, and to read them anew if so; 0s for only when asked to
    #[arg(long = "config.auto-reload-interval", value_name = "DURATION", default_value = "2s", value_parser = serve::interval)]
    pub(crate) config_auto_reload_interval: Duration,
    /// Where the host's procfs is mounted
    #[arg(long = "path.procfs", value_name = "DIR", default_value = "/proc")]
    pub(crate) path_procfs: PathBuf,
    /// Where the host's sysfs is mounted
    #[arg(long = "path.sysfs", value_name = "DIR", default_value = "/sys")]
    pub(crate) path_sysfs: PathBuf,
    /// Where the host's root file system is mounted
    #[arg(long = "path.rootfs", value_name = "DIR", default_value = "/")]
    pub(crate) path_rootfs: PathBuf,
    /// Docker's socket, such as unix:///run/docker.sock; may be given more than once [default: where Docker puts it]
    #[arg(long, value_name = "SOCKET", value_parser = serve::container_socket)]
    pub(crate) docker: Vec<PathBuf>,
    /// Docker's data directory, which is read while no socket answers [default: /var/lib/docker and users' own]
    #[arg(long, value_name = "DIR")]
    pub(crate) docker_root: Vec<PathBuf>,
    /// Podman's socket; may be given more than once [default: the system's and the users']
    #[arg(long, value_name = "SOCKET", value_parser = serve::container_socket)]
    pub(crate) podman: Vec<PathBuf>,
    /// Podman's storage directory, which is read while no socket answers [default: /var/lib/containers/storage and users' own]
    #[arg(long, value_name = "DIR")]
    pub(crate) podman_root: Vec<PathBuf>,
    /// Which of the containers' own labels their metrics bear as container_label_…: `default` (what they belong to, and their version),
    /// `all` as cAdvisor does, `none`, or names with commas between
    #[arg(long, value_name = "LABELS", default_value = "default")]
    pub(crate) container_labels: String,
    /// Evaluate the rules of the configuration directory only, and not those that Menara brings along
    #[arg(long)]
    pub(crate) no_shipped_rules: bool,
    /// What messages to Telegram are written in [default: the language of the environment if it is one of these, else en]
    #[arg(long, value_name = "LANGUAGE", value_enum)]
    pub(crate) message_language: Option<MessageLanguage>,
}

#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    /// The PromQL expression
    #[arg(value_name = "EXPR")]
    pub(crate) expr: String,
    /// The server to ask
    #[arg(long, value_name = "URL", env = "MENARA_SERVER", default_value = "http://127.0.0.1:7070")]
    pub(crate) server: String,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t = Output::Default)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// The LogQL expression, such as '{job="varlogs"} |= "error"'
    #[arg(value_name = "LOGQL")]
    pub(crate) query: String,
    /// How far back to look, such as 30m or 2d
    #[arg(long, value_name = "DURATION", default_value = "1h")]
    pub(crate) since: String,
    /// How many lines of the past to show at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: u32,
    /// Go on with lines as they come
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// How to print lines
    #[arg(short, long, value_enum, default_value_t = LineOutput::Default)]
    pub(crate) output: LineOutput,
    /// The server to ask
    #[arg(long, value_name = "URL", env = "MENARA_SERVER", default_value = "http://127.0.0.1:7070")]
    pub(crate) server: String,
}

#[derive(Debug, Args)]
pub(crate) struct CheckConfigArgs {
    /// The files [default: those in the configuration directory]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Directory of configuration files [default: $CONFIGURATION_DIRECTORY, /etc/menara as root, else ~/.config/menara]
    #[arg(long, value_name = "DIR", conflicts_with = "files")]
    pub(crate) config_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TelegramNotifierArgs {
    /// Address of the webhooks; only loopback addresses as long as there are no users
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9119")]
    pub(crate) listen: SocketAddr,
    /// File that holds the bot's token
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: PathBuf,
    /// Numbers of the chats that may be written to, with commas between
    #[arg(long, value_name = "CHAT", value_delimiter = ',', required = true, allow_hyphen_values = true)]
    pub(crate) allow: Vec<i64>,
    /// Where the Bot API is
    #[arg(long, value_name = "URL", default_value = "https://api.telegram.org")]
    pub(crate) api_url: String,
    /// What messages are written in [default: the language of the environment if it is one of these, else en]
    #[arg(long, value_name = "LANGUAGE", value_enum)]
    pub(crate) message_language: Option<MessageLanguage>,
}

/// How log lines are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LineOutput {
    /// Time, labels and text
    Default,
    /// The text alone
    Raw,
    /// One JSON object per line: timestamp, labels, line
    Jsonl,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Output {
    /// One line per series
    Default,
    /// The answer's data as the API gives it
    Json,
}

/// Parses the arguments and does what they say.
pub(crate) fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(args) => {
            logging::start();
            served(serve::run(&args))
        }
        Command::Query(args) => match query::run(&args) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => complain(&failure.message, failure.exit_code),
        },
        Command::Logs(args) => match logs::run(&args) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => complain(&failure.message, failure.exit_code),
        },
        Command::CheckConfig(args) => match check_config::run(&args) {
            Ok(0) => ExitCode::SUCCESS,
            Ok(1) => complain("one file is wrong", 1),
            Ok(n) => complain(&format!("{n} files are wrong"), 1),
            Err(error) => complain(&format!("{error:#}"), 1),
        },
        Command::TelegramNotifier(args) => {
            logging::start();
            served(telegram_notifier::run(&args))
        }
        Command::Version => {
            let text = format!("menara {}\n", env!("CARGO_PKG_VERSION"));
            // Nobody may be reading; there is nothing else to tell them.
            std::io::stdout().write_all(text.as_bytes()).ok();
            ExitCode::SUCCESS
        }
    }
}

/// The exit code of what serves until it is stopped.
fn served(result: Result<(), serve::Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(serve::Failure::Usage(message)) => complain(&message, USAGE),
        Err(serve::Failure::Other(error)) => complain(&format!("{error:#}"), 1),
    }
}

fn complain(message: &str, code: u8) -> ExitCode {
    // If even the error stream is closed, the exit code has to say it.
    writeln!(std::io::stderr(), "menara: {message}").ok();
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
