//! The real program from outside: started on loopback in a temporary directory, spoken to over HTTP, stopped and killed.

#![cfg(test)]

mod bad_input;
mod command_line;
mod containers;
mod first_light;
mod lines;
mod loss_drill;
mod peers;
mod program;
mod restarts;
mod telegram_notifier;
