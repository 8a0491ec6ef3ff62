//! The real program from outside: started on loopback in a temporary directory, spoken to over HTTP, stopped and killed.

#![cfg(test)]

mod alerts;
mod bad_input;
mod check_config;
mod command_line;
mod containers;
mod email;
mod first_light;
mod lines;
mod loss_drill;
mod peers;
mod program;
mod receivers;
mod reload;
mod restarts;
mod telegram_notifier;
