//! Alerts from what is measured to the phone, and other people's programs at both ends.

mod amtool;
mod containers;
mod disk;
mod house;
mod kills;
mod prometheus;
mod silences;
