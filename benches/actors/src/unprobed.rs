//! The kit built without its probes: one pattern a run, as `actors-bench alone` runs it.

#[allow(dead_code, reason = "the other program uses all of it")]
mod kits;
#[allow(dead_code, reason = "the other program uses all of it")]
mod measure;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    kits::run_alone(&arguments);
}
