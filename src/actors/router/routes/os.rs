//! `os.*`: facts about the machine and its user.

use serde::Serialize;
use serde_json::json;

use super::Route;
use crate::{
    actors::{
        kit::Handler,
        router::{Args, Desk},
        system::System,
    },
    messages::{
        Message,
        router::{CallError, CallReply},
        system::{
            DescribeMachine, DescribeUser, ListCores, ListInterfaces, ListPaths, Machine,
            ReadClock, ReadLoad, ReadMemory, ReadUptime, ReadUsage, SystemError,
        },
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route::new("os.uname", |_, desk| ask(desk, DescribeMachine)),
    Route::new("os.hostname", hostname),
    Route::new("os.cpus", |_, desk| ask(desk, ListCores)),
    Route::new("os.availableMemory", |_, desk| ask(desk, ReadMemory)),
    Route::new("os.uptime", |_, desk| ask(desk, ReadUptime)),
    Route::new("os.loadavg", |_, desk| ask(desk, ReadLoad)),
    Route::new("os.rusage", |_, desk| ask(desk, ReadUsage)),
    Route::new("os.networkInterfaces", |_, desk| ask(desk, ListInterfaces)),
    Route::new("os.hrtime", |_, desk| ask(desk, ReadClock)),
    Route::new("os.paths", |_, desk| ask(desk, ListPaths)),
    Route::new("os.userInfo", |_, desk| ask(desk, DescribeUser)),
];

/// Passes a question on, and its answer back as it is.
fn ask<M, T>(desk: Desk<'_>, question: M)
where
    M: Message<Reply = Result<T, SystemError>>,
    T: Serialize,
    System: Handler<M>,
{
    let system = desk.services.system.recipient();
    desk.ask(system, Ok(question), |answer: T| {
        CallReply::from(json!(answer))
    });
}

fn hostname(_args: Args, desk: Desk<'_>) {
    let system = desk.services.system.recipient();
    desk.ask(system, Ok(DescribeMachine), |machine: Machine| {
        CallReply::from(json!({ "hostname": machine.nodename }))
    });
}

impl From<SystemError> for CallError {
    fn from(error: SystemError) -> Self {
        let (name, code) = match &error {
            SystemError::Unsupported { .. } => ("NotSupportedError", "ERR_NOT_SUPPORTED"),
            SystemError::NotOpened { .. } => ("Error", "ERR_NOT_OPENED"),
            SystemError::Unreadable { .. } => ("Error", "ERR_SYSTEM_ERROR"),
        };
        Self {
            name,
            code: code.to_owned(),
            message: error.to_string(),
            ..Self::default()
        }
    }
}
