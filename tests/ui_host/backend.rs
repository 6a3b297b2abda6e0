//! A backend that serves one folder, answers a few calls and tells the test about them.

use std::{fs::File, path::PathBuf, sync::mpsc, thread};

use serde_json::{Value, json};
use socket_runtime::{
    messages::{
        cause::CauseId,
        host::{DriveWindow, HostAnswer, HostOrder, WindowAction, WindowError, WindowFact},
        inspector::Look,
        resources::{OpenResource, Resource, ResourceError},
        router::{CallError, CallReply, RouteCall},
    },
    ui::{Answer, Backend, HostProxy, Orders},
};

/// What the test hears.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A page reported.
    Report(Value),
    /// Something happened to a window.
    Fact(WindowFact),
}

/// Gives orders to the host, from any thread.
#[derive(Clone)]
pub(crate) struct Desk {
    proxy: HostProxy,
    orders: mpsc::Sender<Ordered>,
}

type Ordered = (HostOrder, Answer<HostAnswer, WindowError>);

impl Desk {
    /// A desk, and where its orders come out.
    pub(crate) fn new(proxy: HostProxy) -> (Self, mpsc::Receiver<Ordered>) {
        let (orders, waiting) = mpsc::channel();
        (Self { proxy, orders }, waiting)
    }

    pub(crate) fn order(&self, order: HostOrder, answer: Answer<HostAnswer, WindowError>) {
        // After the host has ended, nobody takes orders.
        let _ = self.orders.send((order, answer));
        self.proxy.wake();
    }
}

/// See the module.
pub(crate) struct FolderBackend {
    /// Served folders; the first that has the file wins.
    pub(crate) folders: Vec<PathBuf>,
    /// For orders that follow from calls.
    pub(crate) host: Desk,
    /// What was ordered and not taken yet.
    pub(crate) orders: mpsc::Receiver<Ordered>,
    /// Where it tells what it hears.
    pub(crate) heard: mpsc::Sender<Heard>,
}

impl Backend for FolderBackend {
    fn call(&self, cause: CauseId, call: RouteCall, answer: Answer<CallReply, CallError>) {
        let data = match call.command.as_str() {
            "window.firstFrame" => {
                let action = WindowAction::FirstFrame;
                let order = HostOrder::Window(DriveWindow {
                    window: call.caller.window,
                    action,
                });
                self.host.order(order, Box::new(|_| ()));
                json!({})
            }
            "report" => {
                let _ = self.heard.send(Heard::Report(call.params));
                json!({})
            }
            "forget" => return,
            "echo" => json!({ "length": call.body.len() }),
            "cause" => json!(cause),
            _ => json!({ "value": call.params["value"], "origin": call.caller.origin }),
        };
        let body = (call.command == "echo").then_some(call.body);
        // Answers come from another thread, as they will from actors.
        thread::spawn(move || answer(Ok(CallReply { data, body })));
    }

    fn look(&self, _look: Look, answer: Answer<Value, CallError>) {
        answer(Ok(json!({ "actors": [] })));
    }

    fn open_resource(&self, request: OpenResource, answer: Answer<Resource, ResourceError>) {
        let path = if request.path == "/" {
            "/index.html"
        } else {
            &request.path
        };
        let found = self.folders.iter().find_map(|folder| {
            let full = folder.join(path.trim_start_matches('/'));
            full.is_file().then(|| File::open(&full).ok()).flatten()
        });
        let media_type = mime_guess::from_path(path)
            .first_or_octet_stream()
            .to_string();
        answer(match found {
            Some(file) => {
                let length = file.metadata().map_or(0, |metadata| metadata.len());
                Ok(Resource {
                    file,
                    length,
                    media_type,
                })
            }
            None => Err(ResourceError::NotFound { path: request.path }),
        });
    }

    fn notify(&self, fact: WindowFact) {
        let _ = self.heard.send(Heard::Fact(fact));
    }

    fn take_orders(&self) -> Orders {
        let orders = self.orders.try_iter().collect();
        Orders {
            orders,
            is_more: false,
        }
    }
}
