//! The compiled program behind a pattern.

use std::sync::OnceLock;

use regex_automata::meta;
use regex_syntax::hir::Hir;

/// The largest program, in bytes of its automaton.
pub(crate) const PROGRAM_LIMIT_BYTES: usize = 10 << 20;

/// What one thread's search may keep of the automaton's states. Many patterns
/// live at once, so it is modest.
const STATE_CACHE_BYTES: usize = 1 << 20;

/// The table for searches with captures that need no look-ahead.
const ONE_PASS_LIMIT_BYTES: usize = 256 << 10;

/// Programs of up to this many states are compiled when first needed. A state takes
/// well below 100 bytes, so that this never meets [`PROGRAM_LIMIT_BYTES`].
const MAX_LAZY_STATES: u64 = 1 << 16;

/// Trees above this height are compiled on a thread with a large stack, since the
/// compiler recurses.
const MAX_HEIGHT_ON_CALLER: u32 = 100;

/// Enough for the highest tree the parser lets through.
const COMPILER_STACK_BYTES: usize = 32 << 20;

/// A program, or what it is made of.
#[derive(Debug)]
pub(crate) enum Engine {
    /// Compiled.
    Ready(meta::Regex),
    /// To be compiled when a search needs it.
    Lazy { hir: Box<Hir>, compiled: OnceLock<Option<meta::Regex>> },
}

impl Engine {
    /// Compiles `hir`, or puts that off if `may_wait` and the program is small
    /// enough to be certain of success. `None` if it is too large.
    pub(crate) fn new(hir: Hir, size: u64, height: u32, may_wait: bool) -> Option<Engine> {
        if may_wait && size <= MAX_LAZY_STATES && height <= MAX_HEIGHT_ON_CALLER {
            return Some(Engine::Lazy { hir: Box::new(hir), compiled: OnceLock::new() });
        }
        if height <= MAX_HEIGHT_ON_CALLER {
            return compile(&hir).map(Engine::Ready);
        }
        let compiler = std::thread::Builder::new().name("regex-compiler".to_owned()).stack_size(COMPILER_STACK_BYTES);
        // A thread that cannot be had is a lack of memory as well.
        compiler.spawn(move || compile(&hir)).ok()?.join().ok()?.map(Engine::Ready)
    }

    /// The program. `None` only if putting off the compilation was wrong, which
    /// [`MAX_LAZY_STATES`] excludes.
    pub(crate) fn program(&self) -> Option<&meta::Regex> {
        match self {
            Engine::Ready(program) => Some(program),
            Engine::Lazy { hir, compiled } => compiled.get_or_init(|| compile(hir)).as_ref(),
        }
    }
}

/// `None` if the program is above a limit, the only way in which a tree of the
/// parser can fail.
fn compile(hir: &Hir) -> Option<meta::Regex> {
    let config = meta::Config::new()
        .nfa_size_limit(Some(PROGRAM_LIMIT_BYTES))
        .hybrid_cache_capacity(STATE_CACHE_BYTES)
        .onepass_size_limit(Some(ONE_PASS_LIMIT_BYTES));
    meta::Builder::new().configure(config).build_from_hir(hir).ok()
}
