//! Immutable files of lines of one key. See `docs/format/logs-block.md`.

mod cache;
mod codec;
mod columns;
mod layout;
mod reader;
mod writer;

pub(crate) use cache::Cache;
pub(crate) use codec::Codec;
pub(crate) use columns::{Columns, MetadataColumn, minute_of};
pub(crate) use layout::{file_name, parse_file_name};
pub(crate) use reader::{Block, Index, Reading};
pub(crate) use writer::{BlockRows, Identity, Row, build};
