//! Immutable blocks: what a generation or a merge of blocks becomes on disk.
//!
//! One file per block: header, chunks of values, then sections (symbols, schemas, series, time columns, chunk directory) and a table of
//! contents, each with a CRC32C of its own. `docs/format/block.md` draws the bytes. A block file appears by rename, so a file with the final
//! name is complete; a file whose checksums fail is reported and not served.

mod chunk;
mod decimal;
mod directory;
mod index;
mod layout;
mod reader;
mod symbols;
mod times;
mod writer;

pub(crate) use chunk::Chunk;
pub(crate) use index::{EncodedPairs, build as build_index};
pub(crate) use layout::{BlockMeta, parse_file_name};
pub(crate) use reader::{BlockIndex, BlockReader};
pub(crate) use times::{Runs, TimeColumn};
pub(crate) use writer::{BlockPlan, BlockSeries, write_block};
