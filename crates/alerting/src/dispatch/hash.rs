//! The identity of an alert in the notification log.

use model::Labels;
use xxhash_rust::xxh64::Xxh64;

/// XXH64 over the pairs in the order of their names, `0xff` behind each name and each value; as upstream's.
pub(crate) fn hash(labels: &Labels) -> u64 {
    let mut hasher = Xxh64::new(0);
    for (name, value) in labels {
        for text in [name, value] {
            hasher.update(text.as_bytes());
            hasher.update(&[0xff]);
        }
    }
    hasher.digest()
}
