//! Many operations at once, operations that hang, and faults.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::join_all;
use socket_runtime::{
    actors::{files::JOBS_MAX, kit::AskError},
    messages::files::ListFolder,
};

use crate::{
    bench::{Bench, DEADLINE},
    handles,
    whole::{read, write},
};

#[test]
fn a_thousand_reads_at_once_all_succeed() {
    let bench = Bench::new();
    (0..10).for_each(|index| bench.put(&format!("f{index}"), vec![index; 10_000]));
    let read_all = async {
        let ask = |index: usize| bench.files.ask(read(&format!("f{}", index % 10)), DEADLINE);
        join_all((0..1000).map(ask)).await
    };
    let replies = bench.runtime.block_on(read_all);
    for (index, reply) in replies.into_iter().enumerate() {
        assert_eq!(
            reply.unwrap().unwrap(),
            vec![(index % 10) as u8; 10_000],
            "read {index}"
        );
    }
}

#[test]
fn reads_at_once_on_one_handle_get_each_byte_once() {
    let bench = Bench::new();
    let content: Vec<u8> = (0..1000_u32).flat_map(u32::to_be_bytes).collect();
    bench.put("f", &content);
    let id = bench.open("f", "r");
    let read_all = async {
        let here = (0..1000).map(|_| bench.files.ask(handles::read(id, 4, None), DEADLINE));
        let there = (0..1000).map(|index| {
            bench
                .files
                .ask(handles::read(id, 4, Some(index * 4)), DEADLINE)
        });
        // The mailbox holds 1,024 messages.
        (join_all(here).await, join_all(there).await)
    };
    let (here, there) = bench.runtime.block_on(read_all);
    let number = |reply: Result<Result<Vec<u8>, _>, AskError>| {
        u32::from_be_bytes(reply.unwrap().unwrap().try_into().unwrap())
    };
    let here: BTreeSet<_> = here.into_iter().map(number).collect();
    assert_eq!(
        here,
        (0..1000).collect(),
        "a position was read twice or never"
    );
    let there: Vec<_> = there.into_iter().map(number).collect();
    assert_eq!(there, (0..1000).collect::<Vec<_>>());
}

#[test]
fn appends_at_once_lose_nothing() {
    let bench = Bench::new();
    let id = bench.open("f", "a");
    let append = async {
        let ask = |index: u32| {
            bench
                .files
                .ask(handles::write(id, &index.to_be_bytes(), None), DEADLINE)
        };
        join_all((0..1000).map(ask)).await
    };
    let replies = bench.runtime.block_on(append);
    assert!(replies.into_iter().all(|reply| reply == Ok(Ok(4))));
    let content = bench.content("f");
    let numbers = content
        .chunks(4)
        .map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap()));
    assert_eq!(numbers.collect::<BTreeSet<_>>(), (0..1000).collect());
}

#[test]
fn a_read_that_never_ends_times_out_and_stops_nobody_else() {
    let bench = Bench::new();
    bench.put_pipe("pipe");
    bench.put("f", "content");
    let hang = async {
        let hung = (0..JOBS_MAX - 1).map(|_| bench.files.ask(read("pipe"), DEADLINE));
        let hung: Vec<_> = hung.collect();
        let others = (0..200).map(|_| bench.files.ask(read("f"), DEADLINE));
        let others = join_all(others).await;
        assert!(
            others
                .into_iter()
                .all(|reply| reply.unwrap().unwrap() == b"content")
        );
        drop(hung);
    };
    bench.runtime.block_on(hang);
    let deadline = Duration::from_millis(50);
    let late = bench.try_ask(read("pipe"), deadline);
    assert_eq!(late, Err(AskError::Deadline { after: deadline }));
    // Lets the readers go, so that their threads can end.
    drop(
        std::fs::OpenOptions::new()
            .write(true)
            .read(true)
            .open(bench.path("pipe")),
    );
}

#[test]
fn a_write_that_waited_for_longer_than_its_asker_is_never_carried_out() {
    let bench = Bench::new();
    bench.put_pipe("pipe");
    bench.put("f", "old");
    bench.runtime.block_on(async {
        let hung = (0..JOBS_MAX).map(|_| bench.files.ask(read("pipe"), DEADLINE));
        let hung: Vec<_> = hung.collect();
        let after = Duration::from_millis(30);
        let late = bench.files.ask(write("f", "w", b"new"), after).await;
        assert_eq!(late, Err(AskError::Deadline { after }));
        let next = bench.files.ask(read("f"), DEADLINE);
        tokio::select! {
            _ = join_all(hung) => {}
            () = release_readers(&bench, "pipe") => {}
        }
        assert_eq!(next.await.unwrap().unwrap(), b"old");
    });
    assert_eq!(bench.content("f"), b"old");
}

#[test]
fn a_read_that_hangs_on_one_handle_leaves_its_other_reads_alone() {
    let bench = Bench::new();
    bench.put_pipe("pipe");
    let id = bench.open("pipe", "r+");
    let read = || bench.files.ask(handles::read(id, 10, None), DEADLINE);
    let got = bench.runtime.block_on(async {
        let hung = read();
        let seek = bench.files.ask(handles::read(id, 10, Some(0)), DEADLINE);
        let error = seek.await.unwrap().unwrap_err().to_string();
        assert_eq!(error, "ESPIPE: invalid seek, read");
        let write = bench
            .files
            .ask(handles::write(id, b"wakes the first", None), DEADLINE);
        assert_eq!(write.await, Ok(Ok(15)));
        [hung.await.unwrap().unwrap(), read().await.unwrap().unwrap()]
    });
    assert_eq!(got, [b"wakes the ".to_vec(), b"first".to_vec()]);
    bench.ask(handles::close(id)).unwrap();
}

#[test]
fn more_messages_than_the_mailbox_holds_are_refused_and_not_lost() {
    let bench = Bench::new();
    let list_all = async {
        let list = |_| {
            let list = ListFolder {
                path: ".".into(),
                is_recursive: false,
            };
            bench.files.ask(list, DEADLINE)
        };
        join_all((0..5000).map(list)).await
    };
    let replies = bench.runtime.block_on(list_all);
    let (answered, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(Result::is_ok);
    assert!(answered.len() >= 1000, "{} were answered", answered.len());
    assert!(
        refused
            .into_iter()
            .all(|reply| reply == Err(AskError::Full))
    );
}

/// Lets whoever reads a pipe go on: a writer comes and goes, again and again, since a
/// reader may come late.
async fn release_readers(bench: &Bench, pipe: &str) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let nonblocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap();
    loop {
        let mut options = std::fs::OpenOptions::new();
        // Without a reader there is nobody to release, and the open fails.
        drop(
            options
                .write(true)
                .custom_flags(nonblocking)
                .open(bench.path(pipe)),
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[cfg(feature = "faults")]
mod faults {
    use super::*;
    use socket_runtime::messages::files::{BlockNow, PanicNow};

    #[test]
    fn a_panic_fails_one_call_and_the_next_one_works() {
        let bench = Bench::new();
        bench.put("f", "content");
        let id = bench.open("f", "r");
        assert_eq!(bench.try_ask(PanicNow, DEADLINE), Err(AskError::Panicked));
        assert_eq!(bench.ask(read("f")).unwrap(), b"content");
        bench.refuse(
            handles::read(id, 1, None),
            "EBADF: bad file descriptor, read",
        );
        assert_eq!(crate::bench::open_count(&bench.path("")), 0);
    }

    #[test]
    fn a_blocked_actor_answers_late_or_its_callers_time_out() {
        let bench = Bench::new();
        bench.put("f", "content");
        let deadline = Duration::from_millis(20);
        let blocked = bench.try_ask(BlockNow { ms: 100 }, deadline);
        assert_eq!(blocked, Err(AskError::Deadline { after: deadline }));
        assert_eq!(bench.ask(read("f")).unwrap(), b"content");
    }
}
