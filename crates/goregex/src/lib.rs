//! Regular expressions in the syntax of Go's `regexp` package (RE2 syntax with
//! Perl flags), on the engines of `regex-automata`.
//!
//! Prometheus, Alertmanager, Loki and Grafana all define their patterns by what
//! Go accepts. A pattern is parsed by our own parser into
//! [`regex_syntax::hir::Hir`], never rewritten as text, and then compiled. Errors
//! carry Go's wording and the same offending fragment.
//!
//! The rules followed are those of Go 1.24, `regexp/syntax` with `syntax.Perl`.
//!
//! # Where Go and Rust's `regex` differ, and Go's way is taken
//!
//! | construct | Go, and here | Rust `regex` |
//! |---|---|---|
//! | `\d \D \w \W \s \S \b \B` | ASCII | Unicode |
//! | `\s` and `[[:space:]]` | only the latter has `\v` | both have `\v` |
//! | `\<` `\>` | the characters `<` `>` | word boundaries |
//! | `[a&&b]`, `[a~~b]`, `[a--b]`, `[[a]` | plain characters and ranges | set operations |
//! | `[\d-z]` | digit, `-` or `z` | refused |
//! | `{`, `{x}`, `a{1`, `a{,2}`, `a{01}` | plain characters | refused or a repeat |
//! | `a**`, `a++`, `a{2}{3}` | refused | nested repetition |
//! | repeat counts | at most 1000, nested ones multiplied | bounded by size only |
//! | `\Q…\E` | literal text | refused |
//! | `\101`, `\07`, `\0` | octal | refused unless enabled |
//! | `\u0041`, `\U00000041`, `\b{start}` | refused, refused, `\b` then text | accepted |
//! | `(?x)`, `(?u)`, `(?R)` | refused | flags |
//! | `\p{Greek}` | category or script, exact spelling | loose spelling, any property |
//! | `\p{^Greek}` | negated | refused |
//! | `\pC` | `Cc`, `Cf`, `Co`, `Cs` | also the unassigned |
//! | `\x{D800}` | accepted, matches nothing in text | refused |
//! | `(?P<n>a)(?P<n>b)` | accepted; the first one that took part counts | refused |
//! | `$` without `m` | end of the text only | same |
//!
//! ```
//! let job = goregex::Regex::full_match("api|web-(blue|green)")?;
//! assert!(job.is_match("web-blue") && !job.is_match("web-blue-1"));
//! assert_eq!(job.literals().map(<[String]>::len), Some(3));
//!
//! let target = goregex::Regex::new(r"(?P<host>[^:]+):(\d+)")?;
//! assert_eq!(target.expand("db1:9100", "$host on ${2}").as_deref(), Some("db1 on 9100"));
//!
//! let error = goregex::Regex::new("a**").unwrap_err();
//! assert_eq!(error.to_string(), "error parsing regexp: invalid nested repetition operator: `**`");
//! # Ok::<(), goregex::Error>(())
//! ```
//!
//! # What is narrower than Go
//!
//! * Text and patterns are `str`, so Go's `invalid UTF-8` error cannot arise.
//! * `\C` (any byte) is refused with Go's own error, as Go does.
//! * A program above 10 MiB is refused as `expression too large`. Go's limit of
//!   the same name is about 128 MiB, so some very large patterns pass only there.
//! * The nesting limit is Go's 1000 levels. Go counts them after it has factored
//!   out common prefixes of alternatives, so that a pattern within a few levels of
//!   the limit may fall on the other side here.
//! * Class tables are cut to Unicode 15.0, the version of Go 1.24; case folding
//!   pairs that came with Unicode 16 are known here already.

mod captures;
mod engine;
mod error;
mod expand;
mod optimise;
mod parse;
mod regex;
mod unicode;

pub use captures::Captures;
pub use error::{Error, ErrorKind};
pub use regex::Regex;
