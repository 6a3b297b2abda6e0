//! Random operations on a handle, compared with a vector of bytes.

use proptest::prelude::*;
use socket_runtime::messages::files::TruncateHandle;

use crate::{
    bench::{Bench, WINDOW},
    handles::{close, read, write},
};

#[derive(Clone, Debug)]
enum Step {
    Read(usize, Option<u64>),
    Write(Vec<u8>, Option<u64>),
    Truncate(u64),
}

/// A file as it should be.
#[derive(Default)]
struct Model {
    bytes: Vec<u8>,
    position: usize,
    appends: bool,
}

impl Model {
    fn read(&mut self, size: usize, offset: Option<u64>) -> Vec<u8> {
        let from = offset.map_or(self.position, |offset| offset as usize);
        let rest = self.bytes.get(from..).unwrap_or_default();
        let read = rest[..size.min(rest.len())].to_vec();
        if offset.is_none() {
            self.position += read.len();
        }
        read
    }

    fn write(&mut self, bytes: &[u8], offset: Option<u64>) {
        let place = offset.map_or(self.position, |offset| offset as usize);
        // Linux appends wherever it is told to write.
        let from = if self.appends {
            self.bytes.len()
        } else {
            place
        };
        let end = from + bytes.len();
        if !bytes.is_empty() {
            self.bytes.resize(self.bytes.len().max(end), 0);
            self.bytes[from..end].copy_from_slice(bytes);
        }
        if offset.is_none() && !bytes.is_empty() {
            self.position = end;
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let offset = || proptest::option::of(0..300_u64);
    prop_oneof![
        (0..200_usize, offset()).prop_map(|(size, offset)| Step::Read(size, offset)),
        (proptest::collection::vec(any::<u8>(), 0..100), offset())
            .prop_map(|(bytes, offset)| Step::Write(bytes, offset)),
        (0..300_u64).prop_map(Step::Truncate),
    ]
}

#[test]
fn a_handle_does_what_a_vector_of_bytes_does() {
    let bench = Bench::new();
    let steps = proptest::collection::vec(step(), 1..40);
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(128)
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&(any::<bool>(), steps), |(appends, steps)| {
        let mut model = Model {
            appends,
            ..Model::default()
        };
        bench.put("f", "");
        let id = bench.open("f", if appends { "a+" } else { "r+" });
        for step in steps {
            match step {
                Step::Read(size, offset) => {
                    let expected = model.read(size, offset);
                    prop_assert_eq!(bench.ask(read(id, size, offset)).unwrap(), expected);
                }
                Step::Write(bytes, offset) => {
                    model.write(&bytes, offset);
                    prop_assert_eq!(bench.ask(write(id, &bytes, offset)), Ok(bytes.len()));
                }
                Step::Truncate(length) => {
                    model.bytes.resize(length as usize, 0);
                    bench
                        .ask(TruncateHandle {
                            owner: WINDOW,
                            id,
                            length,
                        })
                        .unwrap();
                }
            }
            prop_assert_eq!(&bench.content("f"), &model.bytes);
        }
        bench.ask(close(id)).unwrap();
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
