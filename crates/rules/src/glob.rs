//! File names by patterns, as Go's `filepath.Glob` has them: `*`, `?`, `[a-z]`, `[^x]` and `\` within one name.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The files that a pattern matches, sorted. A name without special characters matches itself if it is there.
///
/// # Errors
/// When the pattern is malformed. Folders that cannot be read match nothing, as in Go.
pub fn matching(pattern: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![PathBuf::new()];
    for component in pattern.components() {
        let Component::Normal(name) = component else {
            found.iter_mut().for_each(|path| path.push(component));
            continue;
        };
        let name = name.to_str().ok_or_else(|| malformed("the pattern is not UTF-8"))?;
        if !name.contains(['*', '?', '[', '\\']) {
            found.iter_mut().for_each(|path| path.push(name));
            continue;
        }
        // A pattern is looked at even where there is nothing to compare it with.
        matches(name, "")?;
        let mut next = Vec::new();
        for folder in &found {
            let folder_or_here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            for entry in fs::read_dir(folder_or_here).into_iter().flatten().flatten() {
                let entry = entry.file_name();
                if entry.to_str().is_some_and(|entry| matches(name, entry).unwrap_or(false)) {
                    next.push(folder.join(entry));
                }
            }
        }
        found = next;
    }
    found.retain(|path| path.try_exists().unwrap_or(false));
    found.sort();
    Ok(found)
}

/// Whether a name matches a pattern as a whole.
fn matches(pattern: &str, name: &str) -> io::Result<bool> {
    let tokens = tokens(pattern)?;
    let name: Vec<char> = name.chars().collect();
    // What is left to match after each star is tried from each place once: `reached` are the places that the tokens so far end at.
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for token in &tokens {
        let mut next = vec![false; name.len() + 1];
        for place in (0..=name.len()).filter(|&place| reached[place]) {
            match token {
                Token::Any => next[place..].fill(true),
                Token::One(set) if name.get(place).is_some_and(|c| set.contains(*c)) => next[place + 1] = true,
                Token::One(_) => {}
            }
        }
        reached = next;
    }
    Ok(reached[name.len()])
}

enum Token {
    /// Any number of characters.
    Any,
    /// One character.
    One(Set),
}

/// Characters: those in the ranges, or those that are not.
struct Set {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl Set {
    fn contains(&self, c: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != self.negated
    }
}

fn tokens(pattern: &str) -> io::Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        tokens.push(match c {
            '*' => Token::Any,
            '?' => Token::One(Set { ranges: Vec::new(), negated: true }),
            '[' => Token::One(set(&mut rest)?),
            '\\' => single(rest.next().ok_or_else(bad_pattern)?),
            c => single(c),
        });
    }
    Ok(tokens)
}

fn single(c: char) -> Token {
    Token::One(Set { ranges: vec![(c, c)], negated: false })
}

/// What stands behind an opening bracket.
fn set(rest: &mut std::str::Chars<'_>) -> io::Result<Set> {
    let negated = rest.as_str().starts_with('^');
    if negated {
        rest.next();
    }
    let mut ranges = Vec::new();
    loop {
        if rest.as_str().starts_with(']') && !ranges.is_empty() {
            rest.next();
            return Ok(Set { ranges, negated });
        }
        let low = member(rest)?;
        let mut high = low;
        if rest.as_str().starts_with('-') {
            rest.next();
            high = member(rest)?;
        }
        ranges.push((low, high));
    }
}

fn member(rest: &mut std::str::Chars<'_>) -> io::Result<char> {
    match rest.next() {
        None | Some('-' | ']') => Err(bad_pattern()),
        Some('\\') => rest.next().ok_or_else(bad_pattern),
        Some(c) => Ok(c),
    }
}

fn bad_pattern() -> io::Error {
    malformed("syntax error in pattern")
}

fn malformed(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_in_go() {
        for (pattern, name, expected) in [
            ("abc", "abc", Some(true)),
            ("*", "abc", Some(true)),
            ("*.yml", "a.yml", Some(true)),
            ("*.yml", "a.yaml", Some(false)),
            ("*c", "abc", Some(true)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Some(true)),
            ("a*b?c*x", "abxbbxdbxebxczzy", Some(false)),
            ("ab[c]", "abc", Some(true)),
            ("ab[e-g]", "abc", Some(false)),
            ("ab[^e-g]", "abc", Some(true)),
            ("a\\*b", "a*b", Some(true)),
            ("a\\*b", "ab", Some(false)),
            ("a?b", "a☺b", Some(true)),
            ("[\\]a]", "]", Some(true)),
            ("[]a]", "]", None),
            ("[-]", "-", None),
            ("[a", "a", None),
            ("a[", "ab", None),
            ("\\", "a", None),
        ] {
            assert_eq!(matches(pattern, name).ok(), expected, "{pattern} {name}");
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test may write as it likes")]
    fn files_are_found_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["b.yml", "a.yml", "c.txt", "sub/d.yml"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, "").expect("written");
        }
        let found = |pattern: &str| -> Vec<String> {
            let found = matching(&folder.path().join(pattern)).expect("a pattern");
            let relative = |path: &PathBuf| path.strip_prefix(folder.path()).map(|path| path.display().to_string());
            found.iter().filter_map(|path| relative(path).ok()).collect()
        };
        assert_eq!(found("*.yml"), ["a.yml", "b.yml"]);
        assert_eq!(found("s*/?.yml"), ["sub/d.yml"]);
        assert_eq!(found("c.txt"), ["c.txt"]);
        assert!(found("none.yml").is_empty() && found("none/*").is_empty());
        assert!(matching(&folder.path().join("[")).is_err());
    }
}
