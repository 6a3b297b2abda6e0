//! The files actor on a live host and a real disk, driven by messages alone.

mod bench;
mod crowd;
mod folders;
mod handles;
mod links;
mod model;
mod paths;
mod watching;
mod whole;
