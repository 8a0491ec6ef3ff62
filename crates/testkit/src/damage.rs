//! What disks do to files.

use crate::Random;

/// Damage to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A bit that tipped over.
    Flip {
        /// The byte it is in.
        byte: usize,
        /// Its number in the byte.
        bit: usize,
    },
    /// The file ends here.
    Cut(usize),
    /// Zeros from here on, as file systems leave after a power cut.
    Zeros(usize),
}

impl Damage {
    /// Damages a file's bytes. The place must be within the file.
    pub fn apply(self, bytes: &mut Vec<u8>) {
        match self {
            Damage::Flip { byte, bit } => bytes[byte] ^= 1 << bit,
            Damage::Cut(len) => bytes.truncate(len),
            Damage::Zeros(from) => bytes[from..].fill(0),
        }
    }

    /// Places in a file of so many bytes, at every `stride`th byte or so.
    pub fn places(len: usize, stride: usize, random: &mut Random) -> Vec<usize> {
        let mut places = Vec::new();
        let mut byte = random.below(stride);
        while byte < len {
            places.push(byte);
            byte += 1 + random.below(2 * stride - 1);
        }
        places
    }
}
