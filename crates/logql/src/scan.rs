//! Reading what stands in a line: fields, captures, addresses. Nothing here fails on any bytes, and nothing allocates per field.

pub(crate) mod color;
pub(crate) mod ip;
pub(crate) mod json;
pub(crate) mod logfmt;
pub(crate) mod template;
pub(crate) mod text;
