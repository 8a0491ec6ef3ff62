//! Label names and values of a block: per name a sorted dictionary, front-coded in groups of sixteen.

use durable::varint::{self, Reader};

/// Every so many values one stands in full, so that a look-up decodes few of them.
const GROUP: usize = 16;

/// Encodes one name and its values, which must be sorted and without duplicates.
pub(crate) fn encode_name<'a>(out: &mut Vec<u8>, name: &str, values: impl ExactSizeIterator<Item = &'a str>) {
    let n_values = values.len();
    let (mut starts, mut data) = (Vec::new(), Vec::new());
    let mut previous = "";
    for (i, value) in values.enumerate() {
        let shared = if i % GROUP == 0 {
            starts.extend_from_slice(&(data.len() as u32).to_le_bytes());
            0
        } else {
            shared_prefix(previous, value)
        };
        varint::put(&mut data, shared as u64);
        varint::put(&mut data, (value.len() - shared) as u64);
        data.extend_from_slice(&value.as_bytes()[shared..]);
        previous = value;
    }
    varint::put(out, name.len() as u64);
    out.extend_from_slice(name.as_bytes());
    varint::put(out, n_values as u64);
    varint::put(out, data.len() as u64);
    out.extend_from_slice(&starts);
    out.extend_from_slice(&data);
}

fn shared_prefix(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

/// The dictionaries of a block, read in place.
#[derive(Debug)]
pub(crate) struct Symbols {
    bytes: Vec<u8>,
    names: Vec<NamePlace>,
}

#[derive(Debug)]
struct NamePlace {
    name: String,
    n_values: usize,
    starts: usize,
    data: usize,
    end: usize,
}

impl Symbols {
    /// Takes the section apart. `None` when the bytes make no sense.
    pub(crate) fn open(bytes: Vec<u8>) -> Option<Symbols> {
        let mut names = Vec::new();
        let mut reader = Reader::new(&bytes);
        let n_names = reader.count()?;
        for _ in 0..n_names {
            let name = reader.text()?.to_owned();
            let n_values = reader.count()?;
            let data_len = reader.count()?;
            let starts = bytes.len() - reader.rest().len();
            let starts_len = n_values.div_ceil(GROUP).checked_mul(4)?;
            reader.take(starts_len)?;
            reader.take(data_len)?;
            let data = starts + starts_len;
            names.push(NamePlace { name, n_values, starts, data, end: data + data_len });
        }
        reader.is_empty().then_some(())?;
        Some(Symbols { bytes, names })
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.len() + self.names.len() * 80
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|place| &*place.name)
    }

    pub(crate) fn name_number(&self, name: &str) -> Option<u32> {
        self.names.iter().position(|place| place.name == name).map(|i| i as u32)
    }

    pub(crate) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", |place| &place.name)
    }

    pub(crate) fn n_values(&self, name: u32) -> usize {
        self.names.get(name as usize).map_or(0, |place| place.n_values)
    }

    /// Writes the value with a number to `out`, replacing what it holds. `None` when there is none.
    pub(crate) fn value(&self, name: u32, number: u32, out: &mut Vec<u8>) -> Option<()> {
        let place = self.names.get(name as usize)?;
        if number as usize >= place.n_values {
            return None;
        }
        let mut reader = self.group(place, number as usize / GROUP)?;
        out.clear();
        for _ in 0..=number as usize % GROUP {
            next_value(&mut reader, out)?;
        }
        Some(())
    }

    pub(crate) fn find_value(&self, name: u32, value: &str) -> Option<u32> {
        let place = self.names.get(name as usize)?;
        let n_groups = place.n_values.div_ceil(GROUP);
        let mut scratch = Vec::new();
        // The last group whose first value is not greater.
        let (mut low, mut high) = (0, n_groups);
        while low < high {
            let middle = (low + high) / 2;
            scratch.clear();
            next_value(&mut self.group(place, middle)?, &mut scratch)?;
            if &scratch[..] <= value.as_bytes() { low = middle + 1 } else { high = middle }
        }
        let group = low.checked_sub(1)?;
        let mut reader = self.group(place, group)?;
        scratch.clear();
        for number in group * GROUP..place.n_values.min((group + 1) * GROUP) {
            next_value(&mut reader, &mut scratch)?;
            if scratch == value.as_bytes() {
                return Some(number as u32);
            }
        }
        None
    }

    /// Visits all values of a name in their order, with their numbers.
    pub(crate) fn for_each_value(&self, name: u32, visit: &mut dyn FnMut(u32, &str)) -> Option<()> {
        let place = self.names.get(name as usize)?;
        let mut reader = Reader::new(self.bytes.get(place.data..place.end)?);
        let mut value = Vec::new();
        for number in 0..place.n_values {
            next_value(&mut reader, &mut value)?;
            visit(number as u32, std::str::from_utf8(&value).ok()?);
        }
        Some(())
    }

    fn group(&self, place: &NamePlace, group: usize) -> Option<Reader<'_>> {
        let start = Reader::new(self.bytes.get(place.starts + group * 4..place.data)?).u32()?;
        Some(Reader::new(self.bytes.get(place.data + start as usize..place.end)?))
    }
}

fn next_value(reader: &mut Reader<'_>, value: &mut Vec<u8>) -> Option<()> {
    let shared = reader.count()?;
    let rest = reader.count()?;
    if shared > value.len() {
        return None;
    }
    value.truncate(shared);
    value.extend_from_slice(reader.take(rest)?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_both_ways() {
        let mut hosts: Vec<String> = (0..100).map(|i| format!("host_{i}")).collect();
        hosts.sort();
        let mut bytes = Vec::new();
        varint::put(&mut bytes, 2);
        encode_name(&mut bytes, "host", hosts.iter().map(String::as_str));
        encode_name(&mut bytes, "é", ["one"].into_iter());
        let symbols = Symbols::open(bytes.clone()).expect("our own section opens");
        let host = symbols.name_number("host").expect("known");
        let mut scratch = Vec::new();
        for (i, value) in hosts.iter().enumerate() {
            assert_eq!(symbols.find_value(host, value), Some(i as u32));
            symbols.value(host, i as u32, &mut scratch).expect("known");
            assert_eq!(scratch, value.as_bytes());
        }
        for absent in ["", "host_", "host_100", "z", "a"] {
            assert_eq!(symbols.find_value(host, absent), None);
        }
        assert_eq!(symbols.value(host, 100, &mut scratch), None);
        let mut seen = Vec::new();
        symbols.for_each_value(host, &mut |_, value| seen.push(value.to_owned()));
        assert_eq!(seen, hosts);
        assert_eq!((symbols.name_number("x"), symbols.n_values(1)), (None, 1));
        for len in 0..bytes.len() {
            assert!(Symbols::open(bytes[..len].to_vec()).is_none());
        }
    }
}
