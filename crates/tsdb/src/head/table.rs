//! The series that the head knows: identity and labels.
//!
//! A series is a *slot*, a small number that stays while the table lives. Labels are kept as numbers: series with the same
//! set of label names share a *schema*, which holds one column of value numbers per name. No label text is kept per series,
//! and a matcher is a scan over one column.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use model::labels::{InvalidLabels, Labels, SortedLabels, canonicalise};
use std::hash::{BuildHasherDefault, Hasher};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::dictionary::Dictionary;
use crate::matching::LabelIndex;

/// All series of the head, those without samples at the moment included.
#[derive(Debug)]
pub(crate) struct SeriesTable {
    seed: u64,
    /// Hashes of label bytes, canonical or as some sender writes them, to slots.
    by_hash: HashMap<u128, u32, BuildHasherDefault<HashOfHash>>,
    /// Per slot: hash of the canonical labels.
    ids: Vec<u128>,
    /// Per slot: schema and row in it.
    places: Vec<(u32, u32)>,
    schemas: Vec<Schema>,
    schema_of_names: HashMap<Box<[u32]>, u32, foldhash::fast::RandomState>,
    /// Label names, numbered.
    names: Dictionary,
    /// Per label name: its values.
    values: Vec<Dictionary>,
}

/// The series that have the same label names.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Numbers of the label names, in the order of the names' text.
    pub(crate) names: Box<[u32]>,
    /// Per name: the value numbers of all series.
    pub(crate) columns: Vec<Vec<u32>>,
    /// Per series: its slot.
    pub(crate) slots: Vec<u32>,
}

impl SeriesTable {
    pub(crate) fn new(seed: u64) -> SeriesTable {
        SeriesTable {
            seed,
            by_hash: HashMap::default(),
            ids: Vec::new(),
            places: Vec::new(),
            schemas: Vec::new(),
            schema_of_names: HashMap::default(),
            names: Dictionary::default(),
            values: Vec::new(),
        }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The hash by which [`SeriesTable::find`] knows label bytes.
    pub(crate) fn hash(&self, label_bytes: &[u8]) -> u128 {
        series_id(self.seed, label_bytes)
    }

    /// The slot of label bytes that were seen before.
    pub(crate) fn find(&self, hash: u128) -> Option<u32> {
        self.by_hash.get(&hash).copied()
    }

    /// The slot of label bytes, and whether the series is new.
    pub(crate) fn insert(&mut self, hash: u128, label_bytes: &[u8]) -> Result<(u32, bool), InvalidLabels> {
        if let Some(slot) = self.find(hash) {
            return Ok((slot, false));
        }
        let canonical = canonicalise(label_bytes)?;
        let id = self.hash(&canonical);
        let (slot, is_new) = match self.by_hash.entry(id) {
            Entry::Occupied(entry) => (*entry.get(), false),
            Entry::Vacant(entry) => (*entry.insert(self.ids.len() as u32), true),
        };
        if is_new {
            let labels = Labels::from_bytes(&canonical)?;
            let place = self.add_to_schema(slot, &labels);
            self.ids.push(id);
            self.places.push(place);
        }
        if hash != id {
            // Another spelling of the same labels: next time it is found at the first look.
            self.by_hash.insert(hash, slot);
        }
        Ok((slot, is_new))
    }

    fn add_to_schema(&mut self, slot: u32, labels: &Labels) -> (u32, u32) {
        let mut names = Vec::new();
        let mut values = Vec::new();
        for (name, value) in labels {
            let name = self.names.intern(name);
            if name as usize == self.values.len() {
                self.values.push(Dictionary::default());
            }
            names.push(name);
            values.push(self.values[name as usize].intern(value));
        }
        let next = self.schemas.len() as u32;
        let schema = match self.schema_of_names.get(&names[..]) {
            Some(&schema) => schema,
            None => {
                let columns = vec![Vec::new(); names.len()];
                self.schemas.push(Schema { names: names.clone().into(), columns, slots: Vec::new() });
                self.schema_of_names.insert(names.into(), next);
                next
            }
        };
        let table = &mut self.schemas[schema as usize];
        for (column, value) in table.columns.iter_mut().zip(values) {
            column.push(value);
        }
        table.slots.push(slot);
        (schema, table.slots.len() as u32 - 1)
    }

    /// The number of series.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn id(&self, slot: u32) -> u128 {
        self.ids[slot as usize]
    }

    pub(crate) fn labels(&self, slot: u32) -> Labels {
        let (schema, row) = self.places[slot as usize];
        let schema = &self.schemas[schema as usize];
        let mut labels = SortedLabels::default();
        for (&name, column) in schema.names.iter().zip(&schema.columns) {
            labels.push(self.names.get(name), self.values[name as usize].get(column[row as usize]));
        }
        labels.finish()
    }

    pub(crate) fn schemas(&self) -> &[Schema] {
        &self.schemas
    }

    pub(crate) fn names(&self) -> &Dictionary {
        &self.names
    }

    /// The values of a label name, by the name's number.
    pub(crate) fn values(&self, name: u32) -> &Dictionary {
        &self.values[name as usize]
    }
}

impl LabelIndex for SeriesTable {
    fn n_schemas(&self) -> usize {
        self.schemas.len()
    }

    fn schema_len(&self, schema: usize) -> usize {
        self.schemas[schema].slots.len()
    }

    fn name_number(&self, name: &str) -> Option<u32> {
        self.names.lookup(name)
    }

    fn position(&self, schema: usize, name: u32) -> Option<usize> {
        self.schemas[schema].names.iter().position(|&n| n == name)
    }

    fn value_number(&self, schema: usize, position: usize, row: usize) -> u32 {
        self.schemas[schema].columns[position][row]
    }

    fn n_values(&self, name: u32) -> usize {
        self.values(name).len()
    }

    fn find_value(&self, name: u32, value: &str) -> Option<u32> {
        self.values(name).lookup(value)
    }

    fn for_each_value(&self, name: u32, visit: &mut dyn FnMut(u32, &str)) {
        for (number, value) in self.values(name).iter().enumerate() {
            visit(number as u32, value);
        }
    }
}

/// Identifies a series in one store: its canonical label bytes, hashed with the store's secret seed.
pub(crate) fn series_id(seed: u64, label_bytes: &[u8]) -> u128 {
    xxh3_128_with_seed(label_bytes, seed)
}

/// The keys are hashes already; their low half is as good as any other.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HashOfHash(u64);

impl Hasher for HashOfHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u128(&mut self, value: u128) {
        self.0 = value as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(table: &mut SeriesTable, bytes: &[u8]) -> (u32, bool) {
        let hash = table.hash(bytes);
        table.insert(hash, bytes).expect("valid labels")
    }

    #[test]
    fn a_series_keeps_its_slot() {
        let mut table = SeriesTable::new(7);
        let up = Labels::from_pairs([("__name__", "up"), ("job", "a")]);
        let down = Labels::from_pairs([("__name__", "down"), ("job", "a")]);
        let other = Labels::from_pairs([("__name__", "up"), ("zone", "a")]);
        for (labels, expected) in [(&up, (0, true)), (&down, (1, true)), (&up, (0, false)), (&other, (2, true))] {
            assert_eq!(insert(&mut table, labels.as_bytes()), expected);
            assert_eq!(table.labels(expected.0), *labels);
        }
        assert_eq!((table.len(), table.schemas().len()), (3, 2));
        assert_eq!(table.find(table.hash(down.as_bytes())), Some(1));
    }

    #[test]
    fn another_spelling_finds_the_same_series() {
        let mut table = SeriesTable::new(7);
        let canonical = b"\x0a\x06\x0a\x01a\x12\x011\x0a\x06\x0a\x01b\x12\x012";
        let swapped = b"\x0a\x06\x0a\x01b\x12\x012\x0a\x06\x0a\x01a\x12\x011";
        assert_eq!(insert(&mut table, swapped), (0, true));
        assert_eq!(insert(&mut table, canonical), (0, false));
        assert_eq!(table.find(table.hash(swapped)), Some(0));
        assert_eq!(table.id(0), table.hash(canonical));
        let hash = table.hash(b"nonsense");
        assert!(table.insert(hash, b"nonsense").is_err());
    }
}
