//! Values that nobody is shown, and where they come from.

use std::fmt;

/// What stands in place of a secret wherever the configuration is shown.
pub const SECRET: &str = "<secret>";

/// A text that does not show itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn new(text: &str) -> Secret {
        Secret(text.to_owned())
    }

    /// The text, for whoever has to send it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SECRET)
    }
}

/// A web address that holds a secret, and was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretUrl(pub Secret);

/// A web address that may hold a secret and template actions; it was checked if it holds none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretTemplateUrl(pub Secret);

/// A value that stands in the configuration, or in a file of its own that is read when the value is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source<T> {
    /// Under the key itself.
    Inline(T),
    /// Under the key that ends with `_file`.
    File(String),
}
