//! What tests of several crates share. A dev-dependency only: nothing that is shipped uses it.
//!
//! [`MemoryStore`] is the metric store that is obviously correct: maps of maps, no compression, no files. Engines are
//! compared with it and query languages are tested on it. [`MemoryLogStore`] is the same for logs. [`ContainerRuntime`] is a real Docker or
//! Podman for one test.

pub mod crash;
mod damage;
pub mod fuzz;
pub mod http;
mod material;
mod memory_logs;
mod memory_store;
mod peer;
mod random;
mod runtimes;
mod sim_fs;

pub use damage::Damage;
pub use material::material;
pub use memory_logs::{MemoryLogStore, StoredLine};
pub use memory_store::{Dump, MemoryStore, first_difference};
pub use peer::{not_run, peer};
pub use random::{Random, seed};
pub use runtimes::{ContainerRuntime, IMAGE};
pub use sim_fs::{Hanging, SimFs};
