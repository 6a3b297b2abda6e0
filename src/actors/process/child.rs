//! A running back end: the process, the tasks that carry its streams, and its end.

use std::{
    io,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, Command},
    sync::mpsc,
    task::JoinSet,
};

use super::Process;
use crate::{
    actors::kit::{Addr, Lane, Spawner},
    messages::process::{
        BackendEnd, BackendError, BackendExited, BackendPrinted, LINE_BYTES_MAX, LINES_QUEUED_MAX,
    },
};

/// The actor's hold on a running back end. Dropping it ends the back end and its children.
pub(super) struct Running {
    pub(super) run: u64,
    pub(super) pid: u32,
    lines: mpsc::Sender<String>,
    has_ended: bool,
}

impl Running {
    /// Starts `argv` in `folder`; its lines and its end go to `addr`.
    pub(super) fn start(
        run: u64,
        argv: &[String],
        folder: &Path,
        addr: Addr<Process>,
        spawner: &Spawner,
    ) -> io::Result<Self> {
        let (program, arguments) = argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        // The lane's thread spawns it, and lives as long as this process.
        #[cfg(target_os = "linux")]
        super::end_with_this_thread(command.as_std_mut(), Signal::KILL);
        let mut child = command.spawn()?;
        let pid = child.id().ok_or(io::ErrorKind::NotFound)?;
        let (lines, queue) = mpsc::channel(LINES_QUEUED_MAX);
        if let Some(stdin) = child.stdin.take() {
            spawner.spawn(Lane::Process, write_lines(stdin, queue));
        }
        spawner.spawn(Lane::Process, follow(run, child, addr));
        Ok(Self {
            run,
            pid,
            lines,
            has_ended: false,
        })
    }

    /// Queues a line for its standard input.
    pub(super) fn write(&self, line: String) -> Result<(), BackendError> {
        self.lines.try_send(line).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => BackendError::NotReading,
            mpsc::error::TrySendError::Closed(_) => BackendError::NotRunning,
        })
    }

    /// Asks it, and everything that it started, to end.
    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends it, and everything that it started.
    pub(super) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// It has ended by itself: its id may belong to somebody else from here on.
    pub(super) fn forget(mut self) {
        self.has_ended = true;
    }

    fn signal(&self, signal: Signal) {
        let group = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        if let Some(group) = group.filter(|_| !self.has_ended) {
            // It fails only if nobody of the group is left.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn write_lines(mut stdin: ChildStdin, mut queue: mpsc::Receiver<String>) {
    while let Some(mut line) = queue.recv().await {
        line.push('\n');
        // A back end that closed its input is seen by the closed queue.
        if stdin.write_all(line.as_bytes()).await.is_err() {
            break;
        }
    }
}

/// Carries the child's output to the actor, then its end.
async fn follow(run: u64, mut child: Child, addr: Addr<Process>) {
    let mut streams = JoinSet::new();
    if let Some(stdout) = child.stdout.take() {
        streams.spawn_local(carry(run, false, BufReader::new(stdout), addr.clone()));
    }
    if let Some(stderr) = child.stderr.take() {
        streams.spawn_local(carry(run, true, BufReader::new(stderr), addr.clone()));
    }
    let status = child.wait().await;
    // What it wrote last is still in the pipes; a child of its own may hold them open.
    let drained = async { while streams.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(DRAIN_TIME_MAX, drained).await;
    let end = status.map_or(BackendEnd::Code(-1), end_of);
    // Refused only by an actor that has stopped.
    let _ = addr.tell(BackendExited { run, end });
}

/// Sends line by line, each when the one before was handled, so that a back end cannot
/// write faster than its lines are handled.
async fn carry(run: u64, is_error: bool, mut from: impl AsyncBufRead + Unpin, addr: Addr<Process>) {
    loop {
        let printed = match read_line(&mut from).await {
            Err(_) | Ok(None) => break,
            Ok(Some(Ok(line))) => BackendPrinted {
                run,
                is_error,
                line,
            },
            Ok(Some(Err(TooLong))) => BackendPrinted {
                run,
                is_error: true,
                line: format!("runtime: a line of more than {LINE_BYTES_MAX} bytes was dropped"),
            },
        };
        // A line that was not handled in time is counted by the mailbox.
        let _ = addr.ask(printed, HANDLE_TIME_MAX).await;
    }
}

/// A line was longer than [`LINE_BYTES_MAX`]; it was read to its end.
#[derive(Debug, PartialEq, Eq)]
struct TooLong;

/// Reads a line without its end; nothing if there are no more.
async fn read_line(
    from: &mut (impl AsyncBufRead + Unpin),
) -> io::Result<Option<Result<String, TooLong>>> {
    let mut bytes = Vec::new();
    let mut is_too_long = false;
    // One byte more than a line may have, to tell a full one from one that is too long.
    let limit = LINE_BYTES_MAX as u64 + 1;
    while from.take(limit).read_until(b'\n', &mut bytes).await? == limit as usize
        && bytes.last() != Some(&b'\n')
    {
        is_too_long = true;
        bytes.clear();
    }
    if is_too_long {
        return Ok(Some(Err(TooLong)));
    }
    if bytes.is_empty() {
        return Ok(None);
    }
    while bytes
        .last()
        .is_some_and(|byte| matches!(byte, b'\n' | b'\r'))
    {
        bytes.pop();
    }
    Ok(Some(Ok(String::from_utf8_lossy(&bytes).into_owned())))
}

fn end_of(status: ExitStatus) -> BackendEnd {
    match (status.code(), status.signal()) {
        (Some(code), _) => BackendEnd::Code(code),
        (None, Some(signal)) => BackendEnd::Signal(signal),
        (None, None) => BackendEnd::Code(-1),
    }
}

const DRAIN_TIME_MAX: Duration = Duration::from_secs(1);
const HANDLE_TIME_MAX: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_dropped_whole_and_said_to_be() {
        let mut text = b"first\r\n".to_vec();
        text.extend(vec![b'x'; 2 * LINE_BYTES_MAX + 10]);
        text.extend(b"\nlast");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let lines = runtime.block_on(async {
            let (mut from, mut lines) = (&text[..], Vec::new());
            while let Some(line) = read_line(&mut from).await.unwrap() {
                lines.push(line);
            }
            lines
        });
        assert_eq!(lines, [Ok("first".into()), Err(TooLong), Ok("last".into())]);
    }
}
