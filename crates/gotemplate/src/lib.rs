//! Go's templates: `text/template`, and `html/template` for text and quoted attributes.
//!
//! Alerting rules, notifications and LogQL's format stages are written in this language. A text is parsed once into
//! [`Templates`] and executed on a [`Value`], which may borrow what it shows. Functions come from the caller ([`Functions`]),
//! those that depend on an execution through its [`Host`]. Values print as Go's `fmt` prints them, and errors have Go's texts.
//! The rules followed are those of Go 1.24.
//!
//! ```
//! use std::sync::Arc;
//! use gotemplate::{Functions, Signature, Templates, Type, Value};
//!
//! let mut functions = Functions::new();
//! functions.add("toUpper", Signature::of(&[Type::Str]), |args| Ok(args.str(0).to_uppercase().into()));
//! let mut templates = Templates::new(Arc::new(functions));
//! templates.parse("hello", "{{range .}}{{.name | toUpper}} has {{len .dogs}}\n{{end}}")?;
//!
//! let bart = Value::map([("name".into(), "Bart".into()), ("dogs".into(), Value::strings(["Santa"]))].into());
//! let mut out = String::new();
//! templates.execute("hello", Value::list(vec![bart]), &mut out)?;
//! assert_eq!(out, "BART has 1\n");
//! # Ok::<(), gotemplate::Error>(())
//! ```
//!
//! # What is narrower than Go
//!
//! * Complex numbers are refused. Channels, functions as values and pointers do not exist.
//! * Strings are UTF-8: bytes that are not, as in `"\xff"` or a slice through a character, become U+FFFD.
//! * Nesting, output, steps and values are bounded ([`limits`]); what goes beyond is an error.
//! * In HTML, values in scripts, styles, unquoted attributes and names are refused.

mod ast;
mod builtins;
mod error;
mod exec;
mod fields;
mod fmt;
mod function;
pub mod functions;
mod html;
mod lex;
pub mod limits;
mod parse;
mod template;
pub mod time;
mod value;

pub use error::Error;
pub use exec::MissingKey;
pub use function::{Args, Functions, Host, NoHost, Signature, Type};
pub use limits::Limits;
pub use template::Templates;
pub use value::{Element, Kind, List, Map, Object, Record, Safe, Value};
