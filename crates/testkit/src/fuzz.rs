//! Long runs on random input.

use std::fmt::Debug;
use std::time::Instant;

use crate::Random;

/// Tries random inputs, each from a seed of its own, so that a failure can be repeated by itself: `FUZZ_ITERATIONS` says how many, `FUZZ_SEED`
/// with which seed to begin. An input on which a check panics is printed. Returns how many were tried.
///
/// # Panics
/// When a check does, or a setting is no number.
#[expect(clippy::print_stdout, reason = "the test harness shows it when the test fails or is asked to")]
pub fn run<I: Debug>(
    default_iterations: u64,
    mut make: impl FnMut(&mut Random) -> I,
    mut check: impl FnMut(&I),
) -> u64 {
    let iterations = setting("FUZZ_ITERATIONS", default_iterations);
    let first_seed = setting("FUZZ_SEED", 1);
    let started = Instant::now();
    for i in 0..iterations {
        let seed = first_seed.wrapping_add(i);
        let trial = Trial { seed, input: make(&mut Random(seed)) };
        check(&trial.input);
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{iterations} inputs in {seconds:.1} s, {:.0} a second", iterations as f64 / seconds);
    iterations
}

/// A number from the environment.
///
/// # Panics
/// When it is set and no number.
#[must_use]
pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// Says which input it was when a check panics.
struct Trial<I: Debug> {
    seed: u64,
    input: I,
}

impl<I: Debug> Drop for Trial<I> {
    #[expect(clippy::print_stderr, reason = "a test says what it failed on")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, input {:?}", self.seed, self.input);
        }
    }
}
