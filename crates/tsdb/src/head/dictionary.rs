//! The values of one label: each string once, numbered in order of arrival.

use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Maps strings to small numbers and back.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    strings: Vec<Box<str>>,
    index: HashTable<u32>,
    hasher: foldhash::fast::RandomState,
}

impl Dictionary {
    /// The number of a string, given to it now if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        if let Some(&number) = self.index.find(hash, |&n| &*self.strings[n as usize] == text) {
            return number;
        }
        let number = self.strings.len() as u32;
        self.strings.push(text.into());
        let (strings, hasher) = (&self.strings, &self.hasher);
        self.index.insert_unique(hash, number, |&n| hasher.hash_one(&*strings[n as usize]));
        number
    }

    /// The number of a string that is already known.
    pub(crate) fn lookup(&self, text: &str) -> Option<u32> {
        self.index.find(self.hasher.hash_one(text), |&n| &*self.strings[n as usize] == text).copied()
    }

    /// The string of a number that this dictionary gave out.
    pub(crate) fn get(&self, number: u32) -> &str {
        self.strings.get(number as usize).map_or("", |s| s)
    }

    pub(crate) fn len(&self) -> usize {
        self.strings.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.strings.iter().map(|s| &**s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_strings_in_order_of_arrival() {
        let mut dictionary = Dictionary::default();
        for (text, number) in [("a", 0), ("", 1), ("a", 0), ("b", 2), ("", 1)] {
            assert_eq!(dictionary.intern(text), number);
            assert_eq!(dictionary.get(number), text);
            assert_eq!(dictionary.lookup(text), Some(number));
        }
        assert_eq!(dictionary.lookup("c"), None);
        assert_eq!(dictionary.iter().collect::<Vec<_>>(), ["a", "", "b"]);
        assert_eq!(dictionary.len(), 3);
    }
}
