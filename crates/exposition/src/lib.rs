//! The exposition of metrics: the families that a sensor or a program fills in memory, and the formats they are
//! handed to other programs in.
//!
//! A producer fills [`Family`] values and hands them on as they are, to the store or to [`text::write`]: there is no
//! round trip through text inside the process.

mod family;
pub mod text;

pub use family::{Family, Sample};
