//! The fake Bot API as a program: `fakes telegram ADDRESS:PORT TOKEN CHAT…`, for trying things out by hand.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;

use fakes::telegram::{BotApi, Settings};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // If even the error stream is closed, the exit code has to say it.
            writeln!(std::io::stderr(), "fakes: {message}").ok();
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let [kind, address, token, chats @ ..] = arguments else {
        return Err("usage: fakes telegram ADDRESS:PORT TOKEN CHAT…".to_owned());
    };
    if kind != "telegram" {
        return Err(format!("there is no fake {kind}"));
    }
    let address: SocketAddr = address.parse().map_err(|error| format!("{address}: {error}"))?;
    let chats = chats.iter().map(|chat| chat.parse::<i64>().map_err(|error| format!("{chat}: {error}")));
    let chats = chats.collect::<Result<Vec<_>, _>>()?;
    let start = Instant::now();
    let now = Box::new(move || i64::try_from(start.elapsed().as_millis()).unwrap_or(i64::MAX));
    let api = BotApi::start_at(address, Settings::new(token, &chats), now).map_err(|error| error.to_string())?;
    writeln!(std::io::stdout(), "{}", api.url()).map_err(|error| error.to_string())?;
    api.wait();
    Ok(())
}
