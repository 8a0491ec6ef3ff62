//! Reading: from matchers to batches of samples.

mod layout;
mod plan;
mod source;
mod stream;

pub(crate) use layout::Layout;
pub(crate) use plan::Plan;
pub(crate) use source::{BlockSource, Source, TimesKey};
pub(crate) use stream::SelectStream;
