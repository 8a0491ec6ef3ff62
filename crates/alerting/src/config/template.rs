//! Texts that may be templates.

use std::sync::Arc;

use gotemplate::{Functions, Templates};

/// Whether a text holds template actions. As upstream, it takes no functions here but Go's own.
///
/// # Errors
/// When it does and they cannot be parsed.
pub(crate) fn is_template(text: &str) -> Result<bool, String> {
    if !text.contains("{{") {
        return Ok(false);
    }
    let mut templates = Templates::new(Arc::new(Functions::new()));
    templates.parse("", text).map_err(|error| error.to_string())?;
    Ok(true)
}
