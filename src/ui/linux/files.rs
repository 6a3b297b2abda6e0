//! Answers requests for app files.

use std::io;

use gtk::{
    gio,
    glib::{MainContext, object::Cast as _},
};
use tokio::sync::oneshot;
use webkit2gtk::URISchemeRequest;

use super::{
    super::{percent, range},
    Host, file_stream,
    response::{Body, Response},
    scheme::Asked,
};
use crate::messages::resources::{OpenResource, Resource, ResourceError};

/// Answers `socket://localhost/<path>`.
pub(super) fn handle(host: &Host, request: &URISchemeRequest, asked: &Asked<'_>) {
    let is_navigation = asked
        .header("accept")
        .is_some_and(|types| types.contains("text/html"));
    let path = percent::decode(asked.path);
    let early = match (&path, asked.method.as_str()) {
        (_, method) if !["GET", "HEAD"].contains(&method) => {
            Some(text_response(405, "app files can only be read".to_owned()))
        }
        (None, _) => Some(missing(asked.path, is_navigation)),
        (Some(path), _) if path.starts_with("/__runtime/") => Some(missing(path, is_navigation)),
        _ => None,
    };
    let (None, Some(path)) = (&early, path) else {
        return early
            .into_iter()
            .for_each(|response| response.send(request, asked));
    };
    let (sender, receiver) = oneshot::channel();
    host.backend.open_resource(
        OpenResource {
            path: path.clone(),
            is_navigation,
        },
        Box::new(move |result| {
            // Nobody waits once the loop has ended.
            let _ = sender.send(result);
        }),
    );
    let (host, request, asked) = (host.clone(), request.clone(), asked.detached());
    MainContext::default().spawn_local(async move {
        let mut response = match receiver.await {
            Ok(Ok(resource)) => found(resource, &asked).await.unwrap_or_else(|error| {
                text_response(500, format!("cannot read app file '{path}': {error}"))
            }),
            Ok(Err(ResourceError::NotFound { path })) => missing(&path, is_navigation),
            Ok(Err(error)) => text_response(500, error.to_string()),
            Err(_) => text_response(503, format!("'{path}' was not opened: try again")),
        };
        for (name, value) in &host.options.headers {
            response.header(name, value.clone());
        }
        response.send(&request, &asked);
    });
}

async fn found(resource: Resource, asked: &Asked<'_>) -> io::Result<Response> {
    let Resource {
        file,
        length,
        media_type,
    } = resource;
    let (status, start, end) = match range::parse(asked.header("range").as_deref(), length) {
        range::Span::Whole => (200, 0, length),
        range::Span::Part(start, end) => (206, start, end),
        range::Span::Unsatisfiable => {
            let mut response = text_response(416, "this range lies beyond the end".to_owned());
            response.header("content-range", format!("bytes */{length}"));
            return Ok(response);
        }
    };
    let body = match asked.method.as_str() {
        "HEAD" => Body::Stream(gio::MemoryInputStream::new().upcast(), end - start),
        _ => file_stream::body(file, start, end).await?,
    };
    let mut response = Response::new(status, &media_type, body);
    response.header("accept-ranges", "bytes".to_owned());
    response.header("cache-control", "no-cache".to_owned());
    response.header("content-length", (end - start).to_string());
    if status == 206 {
        response.header(
            "content-range",
            format!("bytes {start}-{}/{length}", end - 1),
        );
    }
    Ok(response)
}

fn missing(path: &str, is_navigation: bool) -> Response {
    if !is_navigation {
        return text_response(404, format!("there is no app file '{path}'"));
    }
    let path = path
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    Response::new(
        404,
        "text/html; charset=utf-8",
        Body::from(NOT_FOUND.replace("{path}", &path)),
    )
}

fn text_response(status: u32, text: String) -> Response {
    Response::new(status, "text/plain; charset=utf-8", Body::from(text))
}

/// Shown in place of a page that does not exist.
const NOT_FOUND: &str = "<!doctype html><html lang=en><meta charset=utf-8>\
<meta name=color-scheme content='light dark'><title>Not found</title>\
<style>body{font:16px/1.5 system-ui;margin:15vh auto;max-width:40em;padding:0 1em}</style>\
<h1>Not found</h1><p>This app has no file <code>{path}</code>.</p>\
<p>Check its spelling, and that the build copies it.</p></html>";
