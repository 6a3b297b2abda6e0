//! Passes pages' calls to the backend and its answers back.

use std::future::Future;

use gtk::{
    gio::prelude::*,
    glib::{self, MainContext},
};
use tokio::sync::oneshot;
use webkit2gtk::{URISchemeRequest, URISchemeRequestExt as _};

use super::{
    super::{
        origin::{APP_ORIGIN, Origins, Sender},
        percent, wire,
    },
    Host,
    response::{Body, Response},
    scheme::Asked,
    script_message::Reply,
};
use crate::messages::{
    cause::CauseId,
    router::{BODY_BYTES_MAX, CallError, CallReply, Caller, Frame, RouteCall},
};

/// Carries out a call that came by script message.
pub(super) fn handle_script_message(host: &Host, window: u32, url: &str, text: &str, reply: Reply) {
    let call = wire::script_call(text).and_then(|call| {
        let is_known = host.sessions.borrow().is_valid(window, &call.token);
        if is_known {
            Ok(call)
        } else {
            Err(wire::not_allowed())
        }
    });
    let call = match call {
        Ok(call) => call,
        Err(error) => return reply.resolve(&wire::reply_json(&Err(error))),
    };
    let origin = Origins::of(url).unwrap_or_else(|| APP_ORIGIN.to_owned());
    let caller = Caller {
        window,
        frame: Frame::Top,
        origin,
    };
    let answer = submit(
        host,
        wire::cause(call.cause.as_str()),
        RouteCall {
            caller,
            command: call.command,
            params: call.params,
            body: Vec::new(),
        },
    );
    MainContext::default().spawn_local(async move {
        let result = match answer.await {
            Ok(CallReply { body: Some(_), .. }) => Err(wire::binary_reply()),
            result => result,
        };
        reply.resolve(&wire::reply_json(&result));
    });
}

/// Carries out a call that came by request.
pub(super) fn handle_request(host: &Host, request: &URISchemeRequest, asked: &Asked<'_>) {
    let command = asked.path.strip_prefix(IPC_PATH).unwrap_or_default();
    let refusal = match asked.method.as_str() {
        _ if asked.sender == Sender::Foreign => Some(Response::error(403, wire::not_allowed())),
        "OPTIONS" => Some(preflight()),
        "POST" => None,
        _ => Some(Response::error(
            405,
            wire::bad_call("a call is a POST request".to_owned()),
        )),
    };
    if let Some(refusal) = refusal {
        return refusal.send(request, asked);
    }
    let window = asked.window.filter(|&window| {
        let token = asked.header("x-runtime-token").unwrap_or_default();
        host.sessions.borrow().is_valid(window, &token)
    });
    let Some(window) = window else {
        return Response::error(403, wire::not_allowed()).send(request, asked);
    };
    let call = percent::decode(command)
        .ok_or_else(|| wire::bad_call("the command is not UTF-8".to_owned()))
        .and_then(|command| Ok((command, wire::query_params(asked.query)?, has_body(asked)?)));
    let (command, params, has_body) = match call {
        Ok(call) => call,
        Err(error) => return Response::error(200, error).send(request, asked),
    };
    let origin = asked
        .header("origin")
        .unwrap_or_else(|| APP_ORIGIN.to_owned());
    let caller = Caller {
        window,
        frame: Frame::SameOrigin,
        origin,
    };
    let cause = wire::cause(asked.header(CAUSE).as_deref());
    let (host, request, asked) = (host.clone(), request.clone(), asked.detached());
    MainContext::default().spawn_local(async move {
        let body = match has_body {
            true => read_body(&request).await,
            false => Ok(Vec::new()),
        };
        let result = match body {
            Ok(body) => {
                submit(
                    &host,
                    cause,
                    RouteCall {
                        caller,
                        command,
                        params,
                        body,
                    },
                )
                .await
            }
            Err(error) => Err(error),
        };
        let mut response = respond(result);
        response.header(CAUSE, cause.to_string());
        response.send(&request, &asked);
    });
}

/// Hands a call to the backend; ends with an error if that forgets it.
fn submit(
    host: &Host,
    cause: CauseId,
    call: RouteCall,
) -> impl Future<Output = Result<CallReply, CallError>> + 'static {
    let (sender, receiver) = oneshot::channel();
    host.backend.call(
        cause,
        call,
        Box::new(move |result| {
            // Nobody waits once the loop has ended.
            let _ = sender.send(result);
        }),
    );
    async move { receiver.await.unwrap_or_else(|_| Err(wire::stopped())) }
}

/// Whether the call has a body that can be read.
///
/// Looking at one that is a blob, or a form, crashes WebKit (wailsapp/wails#5845), and only
/// the sender can tell. So the modules say in a header that their body is bytes; any other
/// is refused if its type gives it away, and ignored if not.
fn has_body(asked: &Asked<'_>) -> Result<bool, CallError> {
    match (asked.header("x-runtime-body"), asked.header("content-type")) {
        (Some(_), _) => Ok(true),
        (None, None) => Ok(false),
        (None, Some(_)) => {
            let text = "a body has to be bytes, and the header x-runtime-body their number";
            Err(wire::bad_call(text.to_owned()))
        }
    }
}

async fn read_body(request: &URISchemeRequest) -> Result<Vec<u8>, CallError> {
    let Some(stream) = request.http_body() else {
        return Ok(Vec::new());
    };
    let mut body = Vec::new();
    let mut piece = vec![0; BODY_PIECE_BYTES];
    loop {
        let (used, count) = stream
            .read_future(piece, glib::Priority::DEFAULT)
            .await
            .map_err(|(_, error)| wire::bad_call(format!("cannot read the body: {error}")))?;
        if count == 0 {
            return Ok(body);
        }
        if body.len() + count > BODY_BYTES_MAX {
            return Err(wire::too_large());
        }
        body.extend_from_slice(&used[..count]);
        piece = used;
    }
}

fn respond(result: Result<CallReply, CallError>) -> Response {
    let json = wire::reply_json(&result);
    match result {
        Ok(CallReply {
            body: Some(body), ..
        }) => {
            let mut response = Response::new(200, "application/octet-stream", Body::Bytes(body));
            response.header("x-runtime-reply", percent::encode(&json));
            response
        }
        _ => Response::new(200, "application/json", Body::Bytes(json.into_bytes())),
    }
}

/// Permits the calls that another origin announces; which one, is added on sending.
fn preflight() -> Response {
    let mut response = Response::new(204, "text/plain", Body::Bytes(Vec::new()));
    response.header("access-control-allow-methods", "POST".to_owned());
    response.header(
        "access-control-allow-headers",
        "content-type, x-cause, x-runtime-body, x-runtime-token".to_owned(),
    );
    response.header("access-control-max-age", "600".to_owned());
    response
}

/// The header that says what a call goes back to, on its way and on its answer's.
const CAUSE: &str = "x-cause";
/// Where calls are posted to; the command follows.
pub(super) const IPC_PATH: &str = "/__runtime/ipc/";
/// How much of a body is read at a time.
const BODY_PIECE_BYTES: usize = 256 << 10;
