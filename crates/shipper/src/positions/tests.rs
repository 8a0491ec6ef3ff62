#![allow(clippy::disallowed_methods)]

use durable::RealFs;
use proptest::prelude::*;

use super::*;

fn record() -> impl Strategy<Value = Record> {
    let numbers = (any::<u16>(), any::<u32>(), any::<u64>(), any::<u64>(), any::<u128>(), 255..u64::MAX);
    let rest = (0..=255u8, any::<u64>(), any::<i64>(), any::<i64>(), any::<bool>(), "[a-z/é]{0,40}");
    (numbers, rest).prop_map(|((lane, generation, number, birth, hash, offset), rest)| Record {
        path: PathBuf::from(rest.5),
        lane,
        generation,
        inode: Inode { number, birth },
        head: Head { len: 7, hash },
        offset,
        before: Before { len: rest.0, hash: rest.1 },
        modified_ns: rest.2,
        seen_ms: rest.3,
        copy: rest.4.then_some(Inode { number: birth, birth: number | 1 }),
        closed: rest.4,
    })
}

fn records() -> impl Strategy<Value = Records> {
    prop::collection::vec(record(), 0..6).prop_map(|all| all.into_iter().map(|record| (record.id(), record)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(records in records()) {
        prop_assert_eq!(decode(&encode(&records)), Ok(records));
    }

    #[test]
    fn every_flipped_byte_is_noticed(records in records(), at in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let mut bytes = encode(&records);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..200), keep in 0..20usize) {
        let mut mixed = encode(&Records::new());
        mixed.truncate(keep);
        mixed.extend_from_slice(&bytes);
        // A right checksum lets the bytes through to the decoder of records.
        let checksum = crc32c::crc32c(&mixed);
        mixed.extend_from_slice(&checksum.to_le_bytes());
        if let Ok(records) = decode(&mixed) {
            prop_assert!(records.len() <= MAX_RECORDS);
        }
    }
}

#[test]
fn a_damaged_file_is_set_aside_and_another_version_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("positions");
    assert_eq!(load(&RealFs, &path).unwrap(), (Records::new(), None));

    std::fs::write(&path, b"MenaraSP\x01\0\0\0").unwrap();
    let (records, reason) = load(&RealFs, &path).unwrap();
    assert!(records.is_empty() && reason.unwrap().contains("cut off"));
    assert!(dir.path().join("positions.damaged").is_file() && !path.is_file());

    std::fs::write(&path, b"MenaraSP\x02\0\0\0\0\0\0\0rest").unwrap();
    assert!(load(&RealFs, &path).unwrap_err().to_string().contains("version 2"));
    assert!(path.is_file());

    save(&RealFs, &path, &Records::new()).unwrap();
    assert_eq!(load(&RealFs, &path).unwrap(), (Records::new(), None));
}
