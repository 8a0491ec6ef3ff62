//! The label index of a block: schemas with bit-packed columns of value numbers.

use super::symbols::{self, Symbols};
use crate::bits::{self, PackedColumn};
use crate::head::SeriesTable;
use crate::matching::LabelIndex;
use durable::varint::{self, Reader};

/// An index ready to be written, and the order of the block's series that it implies.
#[derive(Debug, Default)]
pub(crate) struct BuiltIndex {
    pub(crate) symbols: Vec<u8>,
    pub(crate) schemas: Vec<u8>,
    /// Slots in block order: by schema, metric name, arrival.
    pub(crate) order: Vec<u32>,
    /// Per series in block order a number that changes with the metric.
    pub(crate) metric_of: Vec<u32>,
}

/// Builds the index of the slots that are included.
pub(crate) fn build(table: &SeriesTable, included: &dyn Fn(u32) -> bool) -> BuiltIndex {
    let rows_of: Vec<Vec<u32>> = table
        .schemas()
        .iter()
        .map(|schema| (0..schema.slots.len() as u32).filter(|&row| included(schema.slots[row as usize])).collect())
        .collect();
    let dictionary = sorted_values(table, &rows_of);
    let mut built = BuiltIndex::default();
    encode_symbols(table, &dictionary, &mut built.symbols);
    let n_schemas = rows_of.iter().filter(|rows| !rows.is_empty()).count();
    varint::put(&mut built.schemas, n_schemas as u64);
    for (schema, mut rows) in table.schemas().iter().zip(rows_of) {
        if rows.is_empty() {
            continue;
        }
        let metric = schema.names.iter().position(|&n| table.names().get(n) == model::labels::METRIC_NAME);
        let metric_number = |row: u32| {
            let number = |position: usize| schema.columns[position][row as usize];
            metric.map_or(u32::MAX, |p| dictionary[schema.names[p] as usize].new_number[number(p) as usize])
        };
        rows.sort_by_key(|&row| (metric_number(row), row));
        built.order.extend(rows.iter().map(|&row| schema.slots[row as usize]));
        built.metric_of.extend(rows.iter().map(|&row| metric_number(row)));
        varint::put(&mut built.schemas, schema.names.len() as u64);
        for &name in &schema.names {
            varint::put(&mut built.schemas, u64::from(dictionary[name as usize].number));
        }
        varint::put(&mut built.schemas, rows.len() as u64);
        for (&name, column) in schema.names.iter().zip(&schema.columns) {
            let values = &dictionary[name as usize];
            let width = bits::width_of(values.sorted.len().saturating_sub(1) as u32);
            built.schemas.push(width as u8);
            let numbers = rows.iter().map(|&row| values.new_number[column[row as usize] as usize]);
            bits::pack(&mut built.schemas, numbers, width);
        }
    }
    built
}

/// The used values of one label name.
#[derive(Debug, Default)]
struct NameValues {
    /// The name's number in the block.
    number: u32,
    /// The table's value numbers in the order of their text.
    sorted: Vec<u32>,
    /// From the table's value numbers to the block's.
    new_number: Vec<u32>,
}

fn sorted_values(table: &SeriesTable, rows_of: &[Vec<u32>]) -> Vec<NameValues> {
    let mut names: Vec<NameValues> = (0..table.names().len() as u32)
        .map(|name| NameValues { new_number: vec![u32::MAX; table.values(name).len()], ..NameValues::default() })
        .collect();
    for (schema, rows) in table.schemas().iter().zip(rows_of) {
        for (&name, column) in schema.names.iter().zip(&schema.columns) {
            let values = &mut names[name as usize];
            for &row in rows {
                let value = column[row as usize];
                if std::mem::replace(&mut values.new_number[value as usize], 0) == u32::MAX {
                    values.sorted.push(value);
                }
            }
        }
    }
    let mut next = 0;
    for (name, values) in names.iter_mut().enumerate() {
        let texts = table.values(name as u32);
        values.sorted.sort_unstable_by_key(|&value| texts.get(value));
        for (i, &value) in values.sorted.iter().enumerate() {
            values.new_number[value as usize] = i as u32;
        }
        values.number = next;
        next += u32::from(!values.sorted.is_empty());
    }
    names
}

fn encode_symbols(table: &SeriesTable, dictionary: &[NameValues], out: &mut Vec<u8>) {
    let used = dictionary.iter().filter(|values| !values.sorted.is_empty()).count();
    varint::put(out, used as u64);
    for (name, values) in dictionary.iter().enumerate().filter(|(_, values)| !values.sorted.is_empty()) {
        let texts = table.values(name as u32);
        let name = table.names().get(name as u32);
        symbols::encode_name(out, name, values.sorted.iter().map(|&value| texts.get(value)));
    }
}

/// The index of a block, read in place.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) symbols: Symbols,
    bytes: Vec<u8>,
    schemas: Vec<SchemaPlace>,
}

#[derive(Debug)]
struct SchemaPlace {
    names: Vec<u32>,
    /// Per name: width of a number, and where the column stands.
    columns: Vec<(u32, usize, usize)>,
    first_series: u32,
    n_series: u32,
}

impl Index {
    /// Takes the two sections apart. `None` when the bytes make no sense.
    pub(crate) fn open(symbols: Vec<u8>, bytes: Vec<u8>) -> Option<Index> {
        let symbols = Symbols::open(symbols)?;
        let mut schemas = Vec::new();
        let mut reader = Reader::new(&bytes);
        let n_schemas = reader.count()?;
        let mut first_series = 0u32;
        for _ in 0..n_schemas {
            let n_names = reader.count()?;
            let mut names = Vec::with_capacity(n_names.min(bytes.len()));
            for _ in 0..n_names {
                names.push(u32::try_from(reader.varint()?).ok()?);
            }
            // Names are known and in order, and no schema is empty, or a series could have labels that are none.
            let known = names.iter().all(|&name| !symbols.name(name).is_empty());
            let sorted = names.windows(2).all(|pair| symbols.name(pair[0]) < symbols.name(pair[1]));
            let n_series = u32::try_from(reader.varint()?).ok()?;
            (known && sorted && n_series > 0).then_some(())?;
            let mut columns = Vec::with_capacity(names.len());
            for _ in 0..names.len() {
                let width = u32::from(reader.byte()?);
                let start = bytes.len() - reader.rest().len();
                let column = reader.take(bits::packed_bytes(n_series as usize, width))?;
                PackedColumn::new(column, n_series as usize, width)?;
                columns.push((width, start, start + column.len()));
            }
            schemas.push(SchemaPlace { names, columns, first_series, n_series });
            first_series = first_series.checked_add(n_series)?;
        }
        reader.is_empty().then_some(())?;
        Some(Index { symbols, bytes, schemas })
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.len() + self.symbols.size_bytes()
    }

    pub(crate) fn n_series(&self) -> u32 {
        self.schemas.last().map_or(0, |schema| schema.first_series + schema.n_series)
    }

    /// The position in the block of a schema's first series.
    pub(crate) fn first_series(&self, schema: u32) -> u32 {
        self.schemas[schema as usize].first_series
    }

    /// Replaces `out` by the canonical labels of a series, by its position in the block. `None` when the bytes make no sense.
    pub(crate) fn label_bytes(&self, series: u32, pairs: &mut EncodedPairs, out: &mut Vec<u8>) -> Option<()> {
        let after = self.schemas.partition_point(|schema| schema.first_series <= series);
        let schema = after.checked_sub(1)?;
        let place = &self.schemas[schema];
        let row = (series - place.first_series) as usize;
        if pairs.schema != Some(schema) {
            *pairs = EncodedPairs { schema: Some(schema), pairs: vec![EncodedPair::default(); place.names.len()] };
        }
        out.clear();
        for (position, (&name, pair)) in place.names.iter().zip(&mut pairs.pairs).enumerate() {
            let number = self.value_number(schema, position, row);
            if pair.number != Some(number) {
                pair.number = None;
                self.symbols.value(name, number, &mut pair.value)?;
                pair.encode(self.symbols.name(name));
                (!pair.value.is_empty()).then_some(())?;
                pair.number = Some(number);
            }
            out.extend_from_slice(&pair.bytes);
        }
        Some(())
    }

    /// The names of the labels of a schema.
    pub(crate) fn schema_names(&self, schema: u32) -> impl Iterator<Item = &str> {
        self.schemas[schema as usize].names.iter().map(|&name| self.symbols.name(name))
    }
}

/// The label pairs of the series read last: neighbours share most of theirs.
#[derive(Debug, Default)]
pub(crate) struct EncodedPairs {
    schema: Option<usize>,
    pairs: Vec<EncodedPair>,
}

#[derive(Clone, Debug, Default)]
struct EncodedPair {
    number: Option<u32>,
    value: Vec<u8>,
    bytes: Vec<u8>,
}

impl EncodedPair {
    /// Writes name and value as `model::Labels` keeps them.
    fn encode(&mut self, name: &str) {
        let mut fields = Vec::with_capacity(name.len() + self.value.len() + 8);
        for (tag, text) in [(0x0a, name.as_bytes()), (0x12, &self.value)] {
            fields.push(tag);
            varint::put(&mut fields, text.len() as u64);
            fields.extend_from_slice(text);
        }
        self.bytes.clear();
        self.bytes.push(0x0a);
        varint::put(&mut self.bytes, fields.len() as u64);
        self.bytes.extend_from_slice(&fields);
    }
}

impl LabelIndex for Index {
    fn n_schemas(&self) -> usize {
        self.schemas.len()
    }

    fn schema_len(&self, schema: usize) -> usize {
        self.schemas[schema].n_series as usize
    }

    fn name_number(&self, name: &str) -> Option<u32> {
        self.symbols.name_number(name)
    }

    fn position(&self, schema: usize, name: u32) -> Option<usize> {
        self.schemas[schema].names.iter().position(|&n| n == name)
    }

    fn value_number(&self, schema: usize, position: usize, row: usize) -> u32 {
        let place = &self.schemas[schema];
        let (width, start, end) = place.columns[position];
        PackedColumn::new(&self.bytes[start..end], place.n_series as usize, width).map_or(0, |column| column.get(row))
    }

    fn n_values(&self, name: u32) -> usize {
        self.symbols.n_values(name)
    }

    fn find_value(&self, name: u32, value: &str) -> Option<u32> {
        self.symbols.find_value(name, value)
    }

    fn for_each_value(&self, name: u32, visit: &mut dyn FnMut(u32, &str)) {
        // A dictionary that ends early was caught by its checksum; what can be read is visited.
        self.symbols.for_each_value(name, visit).unwrap_or_default();
    }
}
