//! Sends notifications: one file or folder per kind of receiver, and a registry of those that a configuration names.
//!
//! Each kind puts a [`model::Notification`] into its receiver's words ([`Receiver`]); [`Notifiers`] finds the receiver of an
//! integration and waits for its answer. What is shown comes from the user's templates ([`Templater`]) or, where there are none,
//! from words of our own. How a receiver is reached over HTTP, with whose certificates, proxies and credentials, is its [`Http`]. What no
//! kind is built for fails with `not built yet`.

pub mod email;
mod fill;
mod http;
mod notifiers;
pub mod pagerduty;
mod receiver;
pub mod slack;
pub mod telegram;
pub mod template;
pub mod webhook;
mod words;

pub use email::Email;
pub use fill::Texts;
pub use http::{Credentials, Http, HttpError};
pub use httpkit::Source;
pub use notifiers::Notifiers;
pub use pagerduty::PagerDuty;
pub use receiver::{Answer, Receiver, Tools};
pub use slack::Slack;
pub use telegram::Telegram;
pub use template::Templater;
pub use webhook::Webhook;
pub use words::Language;
