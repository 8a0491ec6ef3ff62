//! What a read looks at: blocks, and heads as they were when it began.

use std::sync::Arc;

use model::Matcher;
use storage::logs::{NanoRange, Stream};

use crate::block::Block;
use crate::head::{Chunk, Head};
use crate::key::Key;
use crate::store::Inner;
use crate::wal::Position;

/// A block or a head. Of one key those come first whose lines were appended first.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Head(HeadView),
    Block(Arc<Block>),
}

/// A head as it was at one moment.
#[derive(Clone, Debug)]
pub(crate) struct HeadView {
    pub(crate) key: Key,
    pub(crate) streams: Arc<Vec<Arc<Stream>>>,
    pub(crate) chunks: Vec<Arc<Chunk>>,
    first_ns: i64,
    last_ns: i64,
    n_rows: u64,
    text_bytes: u64,
    through: Position,
}

impl HeadView {
    fn new(head: &Head) -> HeadView {
        HeadView {
            key: head.key.clone(),
            streams: Arc::clone(&head.streams),
            chunks: head.chunks.clone(),
            first_ns: head.first_ns,
            last_ns: head.last_ns,
            n_rows: head.n_rows,
            text_bytes: head.text_bytes,
            through: head.through,
        }
    }
}

impl Piece {
    pub(crate) fn key(&self) -> &Key {
        match self {
            Piece::Head(head) => &head.key,
            Piece::Block(block) => &block.meta.key,
        }
    }

    pub(crate) fn first_ns(&self) -> i64 {
        match self {
            Piece::Head(head) => head.first_ns,
            Piece::Block(block) => block.meta.first_ns,
        }
    }

    pub(crate) fn last_ns(&self) -> i64 {
        match self {
            Piece::Head(head) => head.last_ns,
            Piece::Block(block) => block.meta.last_ns,
        }
    }

    /// About what its lines take in memory.
    pub(crate) fn weight_bytes(&self) -> u64 {
        match self {
            Piece::Head(head) => head.text_bytes + head.n_rows * 32,
            Piece::Block(block) => block.meta.text_bytes + block.meta.n_rows * 32,
        }
    }

    fn through(&self) -> Position {
        match self {
            Piece::Head(head) => head.through,
            Piece::Block(block) => block.meta.through,
        }
    }

    pub(crate) fn overlaps(&self, range: NanoRange) -> bool {
        range.overlaps(self.first_ns(), self.last_ns())
    }
}

/// All pieces of a tenant that may hold lines in the range of streams that match one of the selectors; all when there is none. In order of
/// day and group, then of appending.
pub(crate) fn find(store: &Inner, tenant: u32, selectors: &[Vec<Matcher>], range: NanoRange) -> Vec<Piece> {
    if range.is_empty() {
        return Vec::new();
    }
    let may_match = |key: &Key| {
        key.tenant == tenant && (selectors.is_empty() || selectors.iter().any(|matchers| key.may_match(matchers)))
    };
    // Heads and the list of blocks are taken together, so that no line moves from one to the other in between. Nothing is read meanwhile.
    let (mut pieces, blocks) = {
        let state = store.state.lock();
        let heads =
            state.heads.all().filter(|head| range.overlaps(head.first_ns, head.last_ns) && may_match(&head.key));
        let heads: Vec<Piece> = heads.map(|head| Piece::Head(HeadView::new(head))).collect();
        (heads, Arc::clone(&state.blocks))
    };
    let blocks = blocks
        .iter()
        .filter(|block| range.overlaps(block.meta.first_ns, block.meta.last_ns) && may_match(&block.meta.key));
    pieces.extend(blocks.map(|block| Piece::Block(Arc::clone(block))));
    pieces.sort_by(|a, b| a.key().cmp(b.key()).then_with(|| a.through().cmp(&b.through())));
    pieces
}
