//! The values of neighbouring series of one metric, compressed together.
//!
//! A chunk holds one page per series. Pages that are constant cost a mode byte and, at most, eight bytes; decimal and float pages of
//! the same mode share the metadata of one `pco` chunk, which is what makes short pages small. Staleness markers are taken out before and put
//! back after. See `docs/format/block.md`.

use pco::wrapped::{ChunkDecompressor, FileCompressor, FileDecompressor};
use pco::{ChunkConfig, PagingSpec};

use super::decimal;
use durable::varint::{self, Reader};

/// A page whose values are all equal.
const MODE_CONSTANT: u8 = 0;
/// A page of integers times 10^-k is `MODE_DECIMAL + k`.
const MODE_DECIMAL: u8 = 1;
/// A page of floats.
const MODE_FLOAT: u8 = MODE_DECIMAL + decimal::MAX_EXPONENT + 1;
/// Added to the mode of a page that holds staleness markers.
const FLAG_STALE: u8 = 0x80;
/// Level 4 gives nearly the sizes of level 8 in two thirds of the time (measured).
const PCO_LEVEL: usize = 4;

/// Collects the pages of a chunk.
#[derive(Debug, Default)]
pub(crate) struct ChunkBuilder {
    pages: Vec<Page>,
    scratch: Vec<i64>,
}

#[derive(Debug)]
struct Page {
    mode: u8,
    constant: f64,
    stale_rows: Vec<u32>,
    integers: Vec<i64>,
    floats: Vec<f64>,
}

impl ChunkBuilder {
    /// Adds the next series' values; at least one.
    pub(crate) fn push(&mut self, values: &[f64]) {
        let (values, stale_rows) = without_stale(values);
        let mut page = Page { mode: MODE_FLOAT, constant: 0.0, stale_rows, integers: Vec::new(), floats: Vec::new() };
        if values.windows(2).all(|pair| pair[0].to_bits() == pair[1].to_bits()) {
            page.mode = MODE_CONSTANT;
            page.constant = values.first().copied().unwrap_or(0.0);
        } else if let Some(exponent) = decimal::encode(&values, &mut self.scratch) {
            page.mode = MODE_DECIMAL + exponent;
            page.integers = std::mem::take(&mut self.scratch);
        } else {
            page.floats = values;
        }
        self.pages.push(page);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.pages.len()
    }

    /// Encodes the chunk and starts anew.
    pub(crate) fn finish(&mut self) -> Result<Vec<u8>, pco::errors::PcoError> {
        let pages = std::mem::take(&mut self.pages);
        let mut out = Vec::new();
        varint::put(&mut out, pages.len() as u64);
        for page in &pages {
            out.push(page.mode | if page.stale_rows.is_empty() { 0 } else { FLAG_STALE });
        }
        for page in pages.iter().filter(|page| page.mode == MODE_CONSTANT) {
            out.extend_from_slice(&page.constant.to_bits().to_le_bytes());
        }
        for page in pages.iter().filter(|page| !page.stale_rows.is_empty()) {
            put_ascending(&mut out, &page.stale_rows);
        }
        for mode in MODE_DECIMAL..MODE_FLOAT {
            let columns: Vec<&[i64]> = pages.iter().filter(|p| p.mode == mode).map(|p| &p.integers[..]).collect();
            put_columns(&mut out, &columns)?;
        }
        let columns: Vec<&[f64]> = pages.iter().filter(|p| p.mode == MODE_FLOAT).map(|p| &p.floats[..]).collect();
        put_columns(&mut out, &columns)?;
        Ok(out)
    }
}

/// Replaces staleness markers by the value before (or the first real one) and says where they were.
fn without_stale(values: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let mut stale_rows = Vec::new();
    let mut previous = values.iter().copied().find(|&v| !model::is_stale(v)).unwrap_or(0.0);
    let kept = values.iter().enumerate().map(|(row, &value)| {
        if model::is_stale(value) {
            stale_rows.push(row as u32);
        } else {
            previous = value;
        }
        previous
    });
    let kept = kept.collect();
    (kept, stale_rows)
}

fn put_ascending(out: &mut Vec<u8>, rows: &[u32]) {
    varint::put(out, rows.len() as u64);
    let mut previous = 0;
    for &row in rows {
        varint::put(out, u64::from(row - previous));
        previous = row;
    }
}

/// The columns of one mode as one pco chunk: header, metadata, then each page behind its length.
fn put_columns<T: pco::data_types::Number>(out: &mut Vec<u8>, columns: &[&[T]]) -> Result<(), pco::errors::PcoError> {
    if columns.is_empty() {
        return Ok(());
    }
    let lengths = columns.iter().map(|column| column.len()).collect();
    let config = ChunkConfig::default().with_compression_level(PCO_LEVEL).with_paging_spec(PagingSpec::Exact(lengths));
    let file = FileCompressor::default();
    let mut chunk = file.chunk_compressor(&columns.concat(), &config)?;
    let mut meta = Vec::new();
    file.write_header(&mut meta)?;
    chunk.write_meta(&mut meta)?;
    varint::put(out, meta.len() as u64);
    out.extend_from_slice(&meta);
    let mut page = Vec::new();
    for index in 0..columns.len() {
        page.clear();
        chunk.write_page(index, &mut page)?;
        varint::put(out, page.len() as u64);
        out.extend_from_slice(&page);
    }
    Ok(())
}

/// A chunk that was read and whose checksum was right; pages are decoded one by one.
#[derive(Debug)]
pub(crate) struct Chunk {
    bytes: Vec<u8>,
    pages: Vec<PagePlace>,
    integers: Vec<Option<ChunkDecompressor<i64>>>,
    floats: Option<ChunkDecompressor<f64>>,
    scratch: Vec<i64>,
}

#[derive(Clone, Debug)]
struct PagePlace {
    mode: u8,
    constant: f64,
    stale_rows: Vec<u32>,
    /// Where its compressed bytes stand.
    start: usize,
    end: usize,
}

impl Chunk {
    /// Takes a chunk apart. `None` when the bytes make no sense.
    pub(crate) fn open(bytes: Vec<u8>) -> Option<Chunk> {
        let mut chunk =
            Chunk { bytes: Vec::new(), pages: Vec::new(), integers: Vec::new(), floats: None, scratch: Vec::new() };
        let mut reader = Reader::new(&bytes);
        let n_pages = reader.count()?;
        for &mode in reader.take(n_pages)? {
            let place = PagePlace { mode, constant: 0.0, stale_rows: Vec::new(), start: 0, end: 0 };
            (mode & !FLAG_STALE <= MODE_FLOAT).then(|| chunk.pages.push(place))?;
        }
        for page in chunk.pages.iter_mut().filter(|page| page.mode & !FLAG_STALE == MODE_CONSTANT) {
            page.constant = f64::from_bits(reader.u64()?);
        }
        for page in chunk.pages.iter_mut().filter(|page| page.mode & FLAG_STALE != 0) {
            page.stale_rows = take_ascending(&mut reader)?;
            page.mode &= !FLAG_STALE;
        }
        for mode in MODE_DECIMAL..MODE_FLOAT {
            let decompressor = take_columns(&mut reader, bytes.len(), &mut chunk.pages, mode)?;
            chunk.integers.push(decompressor);
        }
        chunk.floats = take_columns(&mut reader, bytes.len(), &mut chunk.pages, MODE_FLOAT)?;
        reader.is_empty().then_some(())?;
        chunk.bytes = bytes;
        Some(chunk)
    }

    /// Appends the `n` values of a page. `None` when the bytes make no sense.
    pub(crate) fn decode(&mut self, page: usize, n: usize, values: &mut Vec<f64>) -> Option<()> {
        let place = self.pages.get(page)?;
        let first = values.len();
        match place.mode {
            MODE_CONSTANT => values.resize(first + n, place.constant),
            MODE_FLOAT => {
                values.resize(first + n, 0.0);
                let source = self.bytes.get(place.start..place.end)?;
                let mut decoder = self.floats.as_mut()?.page_decompressor(source, n).ok()?;
                decoder.read(&mut values[first..]).ok()?;
            }
            mode => {
                let exponent = mode - MODE_DECIMAL;
                self.scratch.resize(n, 0);
                let source = self.bytes.get(place.start..place.end)?;
                let decompressor = self.integers.get_mut(usize::from(exponent))?.as_mut()?;
                decompressor.page_decompressor(source, n).ok()?.read(&mut self.scratch).ok()?;
                decimal::decode(&self.scratch, exponent, values);
            }
        }
        for &row in &place.stale_rows {
            *values.get_mut(first + row as usize)? = model::STALE_NAN;
        }
        Some(())
    }
}

fn take_ascending(reader: &mut Reader<'_>) -> Option<Vec<u32>> {
    let n = reader.count()?;
    let mut rows = Vec::with_capacity(n.min(reader.rest().len()));
    let mut previous = 0u32;
    for _ in 0..n {
        previous = previous.checked_add(u32::try_from(reader.varint()?).ok()?)?;
        rows.push(previous);
    }
    Some(rows)
}

/// Reads the metadata of a mode's pco chunk and notes where its pages stand. The inner `None` is a mode without pages.
#[expect(clippy::option_option, reason = "the outer one is failure, the inner one absence")]
fn take_columns<T: pco::data_types::Number>(
    reader: &mut Reader<'_>,
    total: usize,
    pages: &mut [PagePlace],
    mode: u8,
) -> Option<Option<ChunkDecompressor<T>>> {
    if !pages.iter().any(|page| page.mode == mode) {
        return Some(None);
    }
    let meta_len = reader.count()?;
    let meta = reader.take(meta_len)?;
    let (file, rest) = FileDecompressor::new(meta).ok()?;
    let (decompressor, _) = file.chunk_decompressor::<T, _>(rest).ok()?;
    for page in pages.iter_mut().filter(|page| page.mode == mode) {
        let len = reader.count()?;
        page.start = total - reader.rest().len();
        reader.take(len)?;
        page.end = page.start + len;
    }
    Some(Some(decompressor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::STALE_NAN;

    fn check(pages: &[Vec<f64>]) -> usize {
        let mut builder = ChunkBuilder::default();
        pages.iter().for_each(|page| builder.push(page));
        let bytes = builder.finish().expect("pco takes any numbers");
        let size = bytes.len();
        let mut chunk = Chunk::open(bytes).expect("our own chunk opens");
        for (i, page) in pages.iter().enumerate() {
            let mut values = Vec::new();
            chunk.decode(i, page.len(), &mut values).expect("our own page decodes");
            let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&values), bits(page), "page {i}");
        }
        size
    }

    #[test]
    fn every_bit_comes_back() {
        let nan = f64::from_bits(0x7ff8_0000_dead_beef);
        check(&[vec![1.0]]);
        check(&[vec![STALE_NAN], vec![STALE_NAN, STALE_NAN], vec![1.0, STALE_NAN, 2.5, STALE_NAN]]);
        check(&[vec![nan, nan], vec![nan, 1.0, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, f64::NAN]]);
        check(&[vec![f64::from_bits(1), f64::from_bits(u64::MAX), f64::MAX, f64::MIN_POSITIVE, 0.1 + 0.2]]);
        check(&[vec![-0.0; 5], vec![0.0; 5], vec![0.0, -0.0]]);
        let mixed: Vec<Vec<f64>> = (0..256)
            .map(|s| (0..130).map(|i| f64::from(s * i) / [1.0, 10.0, 3.0, 100.0][s as usize % 4]).collect())
            .collect();
        check(&mixed);
    }

    #[test]
    fn constants_are_nearly_free() {
        let size = check(&vec![vec![3.5; 128]; 200]);
        assert_eq!(size, 2 + 200 * 9);
    }

    #[test]
    fn nonsense_is_refused() {
        let mut builder = ChunkBuilder::default();
        builder.push(&[1.0, 2.0, 4.0, STALE_NAN]);
        builder.push(&[0.1, 1.0 / 3.0, 2.0]);
        let good = builder.finish().expect("pco takes any numbers");
        for len in 0..good.len() {
            assert!(Chunk::open(good[..len].to_vec()).is_none(), "cut at {len}");
        }
        let mut longer = good.clone();
        longer.push(0);
        assert!(Chunk::open(longer).is_none());
        let mut chunk = Chunk::open(good).expect("our own chunk opens");
        assert!(chunk.decode(2, 1, &mut Vec::new()).is_none());
    }
}
