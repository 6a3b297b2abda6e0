//! The functions behind the fuzz targets.
//!
//! The relay is compiled in as it is, since it depends on nothing else of the runtime. The
//! runtime's own tests compile these functions, too, and run them over the seeds.

#[path = "../../src/relay/mod.rs"]
pub mod relay;

#[path = "../../tests/relay_node/mod.rs"]
mod relay_node;

pub mod decode;
pub mod peer;
