//! Reading: from heads and blocks alike, in slices of time whose lines fit into memory.

mod extract;
mod filter;
mod grid;
mod lines;
mod listing;
mod pieces;
mod slices;

pub(crate) use grid::count_grid;
pub(crate) use lines::Lines;
pub(crate) use listing::{label_names, label_values, streams, volumes};
