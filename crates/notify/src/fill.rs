//! Templates under keys, as several kinds have them.

use serde_json::{Map, Value};

/// Keys and the templates of what they hold.
pub type Texts = Vec<(&'static str, String)>;

/// Fills in a template.
pub(crate) type Fill<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// Fills in texts. What comes out empty is left away, unless its key is one that is always there.
///
/// # Errors
/// When a text is no template, or fails; the message begins with its key.
pub(crate) fn texts(texts: &Texts, always: &[&str], fill: &Fill<'_>) -> Result<Map<String, Value>, String> {
    let mut filled = Map::new();
    for (key, text) in texts {
        let text = fill(text).map_err(|why| format!("{key}: {why}"))?;
        if !text.is_empty() || always.contains(key) {
            filled.insert((*key).to_owned(), text.into());
        }
    }
    Ok(filled)
}

/// A text of so many characters at most.
pub(crate) fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    text.chars().take(max_chars.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut() {
        for (text, expected) in [("", ""), ("ééé", "ééé"), ("éééé", "éé…")] {
            assert_eq!(cut(text, 3), expected);
        }
    }

    #[test]
    fn empty_texts_are_left_away() {
        let given: Texts = vec![("a", "x".to_owned()), ("b", String::new()), ("c", String::new())];
        let filled = texts(&given, &["c"], &|text| Ok(text.to_owned()));
        assert_eq!(filled.map(Value::from), Ok(serde_json::json!({ "a": "x", "c": "" })));
        let refused = texts(&given, &[], &|_| Err("no".to_owned()));
        assert_eq!(refused, Err("a: no".to_owned()));
    }
}
