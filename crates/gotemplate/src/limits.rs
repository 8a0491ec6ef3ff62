//! Bounds, so that every text and every execution comes to an end.

/// How deep parentheses and blocks may be nested in a text.
pub const MAX_NESTING: usize = 100;
/// How many templates may be executing one within the other.
pub const MAX_TEMPLATE_DEPTH: usize = 100;
/// How deep bodies, templates and parentheses may be nested in an execution.
pub const MAX_EXECUTION_DEPTH: usize = 500;
/// How many levels of lists, maps and structs a value may have that a function made.
pub const MAX_VALUE_DEPTH: u32 = 100;
/// How many bytes an execution may write unless other limits are given.
const DEFAULT_OUTPUT_BYTES: usize = 16 << 20;
/// How many bytes a string made by a function may have unless other limits are given.
pub(crate) const DEFAULT_VALUE_BYTES: usize = 4 << 20;
/// How many nodes an execution may pass unless other limits are given.
const DEFAULT_STEPS: usize = 1_000_000;

/// What an execution may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes it may write.
    pub output_bytes: usize,
    /// How many bytes a string may have that a function made.
    pub value_bytes: usize,
    /// How many nodes it may pass, each time that it passes one.
    pub steps: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { output_bytes: DEFAULT_OUTPUT_BYTES, value_bytes: DEFAULT_VALUE_BYTES, steps: DEFAULT_STEPS }
    }
}
