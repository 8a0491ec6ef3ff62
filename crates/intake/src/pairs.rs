//! Label pairs in the canonical encoding of [`model::Labels`], read and written without a set of their own: every line
//! has metadata, so that an allocation each would count.

pub use model::labels::{pairs, push_pair as push};

/// The value of one label; `None` when it is not there.
#[must_use]
pub fn get<'a>(canonical: &'a [u8], name: &str) -> Option<&'a str> {
    pairs(canonical).find(|(n, _)| *n == name).map(|(_, value)| value)
}

/// Appends the pairs of an encoding with one more among them, which takes the place of one of the same name.
pub fn push_with(out: &mut Vec<u8>, canonical: &[u8], name: &str, value: &str) {
    let mut is_due = true;
    for (own_name, own_value) in pairs(canonical) {
        if is_due && own_name >= name {
            push(out, name, value);
            is_due = false;
        }
        if own_name != name {
            push(out, own_name, own_value);
        }
    }
    if is_due {
        push(out, name, value);
    }
}

#[cfg(test)]
mod tests {
    use model::Labels;

    use super::*;

    #[test]
    fn the_encoding_is_that_of_label_sets() {
        let long = "é".repeat(3_000);
        for set in [vec![], vec![("a", "1")], vec![("a", "1"), ("b", &long), ("c", "3")], vec![(&*long, "x")]] {
            let mut bytes = Vec::new();
            for (name, value) in &set {
                push(&mut bytes, name, value);
            }
            assert_eq!(bytes, Labels::from_pairs(set.clone()).as_bytes());
            assert_eq!(pairs(&bytes).collect::<Vec<_>>(), set);
            for (name, value) in [("a", "new"), ("aa", "new"), ("z", "new"), ("", "new")] {
                let mut with = Vec::new();
                push_with(&mut with, &bytes, name, value);
                let expected = Labels::from_pairs(set.iter().copied().chain([(name, value)]));
                assert_eq!(with, expected.as_bytes(), "{name}");
                assert_eq!(get(&with, name), Some(value));
            }
        }
    }
}
