//! Labels written as a stream selector, `{app="x", level="info"}`.

use intake::PushRequest;
use promql_syntax::parse_series_description;

/// Begins a stream whose labels are this text.
pub(super) fn begin_stream(request: &mut PushRequest<'_>, text: &str) {
    let mut pairs = Vec::with_capacity(8);
    if plain_pairs(text, &mut pairs).is_some() {
        request.begin_stream(&mut pairs);
        return;
    }
    // Whatever is not of the plain form is read by the whole parser, which also says what is wrong.
    match parse_series_description(text) {
        Ok(series) if series.values.is_empty() => request.begin_canonical_stream(series.labels.as_bytes()),
        Ok(_) => request.begin_unreadable_stream(text, "parse error: unexpected input behind the labels"),
        Err(error) => request.begin_unreadable_stream(text, error.to_string()),
    }
}

/// The pairs of a text without escapes; `None` for another one.
fn plain_pairs<'t>(text: &'t str, pairs: &mut Vec<(&'t str, &'t str)>) -> Option<()> {
    let mut rest = text.trim().strip_prefix('{')?.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix('}') {
            return after.is_empty().then_some(());
        }
        let name_len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let (name, after) = rest.split_at(name_len);
        if !model::labels::is_legacy_label_name(name) {
            return None;
        }
        let quoted = after.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?;
        let end = memchr::memchr3(b'"', b'\\', b'\n', quoted.as_bytes())?;
        let value = &quoted[..end];
        let after = quoted[end..].strip_prefix('"')?.trim_start();
        pairs.push((name, value));
        rest = match after.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if after.starts_with('}') => after,
            None => return None,
        };
    }
}
