//! Builds the answer to a request and hands it to the engine.

use std::borrow::Cow;

use gtk::{
    gio,
    glib::{self, object::Cast as _},
};
use soup::{MessageHeaders, MessageHeadersType};
use webkit2gtk::{
    URISchemeRequest, URISchemeRequestExt as _, URISchemeResponse, URISchemeResponseExt as _,
};

use super::{super::origin::Sender, scheme::Asked};
use crate::{messages::router::CallError, ui::wire};

/// An answer in the making.
pub(super) struct Response {
    status: u32,
    media_type: String,
    headers: Vec<(String, String)>,
    body: Body,
}

/// What an answer carries.
pub(super) enum Body {
    /// Bytes of its own.
    Bytes(Vec<u8>),
    /// Bytes of the executable.
    Static(&'static [u8]),
    /// As many bytes as a stream will yield.
    Stream(gio::InputStream, u64),
}

impl Response {
    /// An answer without headers beyond its type.
    pub(super) fn new(status: u32, media_type: &str, body: Body) -> Self {
        Self {
            status,
            media_type: media_type.to_owned(),
            headers: Vec::new(),
            body,
        }
    }

    /// An answer that refuses a call.
    pub(super) fn error(status: u32, error: CallError) -> Self {
        let json = wire::reply_json(&Err(error));
        Self::new(status, "application/json", Body::from(json))
    }

    /// Adds a header.
    pub(super) fn header(&mut self, name: &str, value: String) {
        self.headers.push((name.to_owned(), value));
    }

    /// Sends it, readable by those whom the app trusts and by nobody else.
    pub(super) fn send(mut self, request: &URISchemeRequest, asked: &Asked<'_>) {
        self.header("vary", "origin".to_owned());
        if let Some(origin) = asked
            .header("origin")
            .filter(|_| asked.sender != Sender::Foreign)
        {
            self.header("access-control-allow-origin", origin);
            self.header("access-control-expose-headers", EXPOSED_HEADERS.to_owned());
        }
        let (stream, length) = self.body.into_stream();
        let response = URISchemeResponse::new(&stream, length);
        response.set_status(self.status, None);
        response.set_content_type(&self.media_type);
        let headers = MessageHeaders::new(MessageHeadersType::Response);
        headers.append("content-type", &self.media_type);
        headers.append("x-content-type-options", "nosniff");
        for (name, value) in &self.headers {
            headers.append(name, value);
        }
        response.set_http_headers(headers);
        request.finish_with_response(&response);
    }
}

impl Body {
    fn into_stream(self) -> (gio::InputStream, i64) {
        let bytes = match self {
            Self::Stream(stream, length) => {
                return (stream, i64::try_from(length).unwrap_or(-1));
            }
            Self::Static(bytes) => glib::Bytes::from_static(bytes),
            Self::Bytes(bytes) => glib::Bytes::from_owned(bytes),
        };
        let length = i64::try_from(bytes.len()).unwrap_or(-1);
        (gio::MemoryInputStream::from_bytes(&bytes).upcast(), length)
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Bytes(text.into_bytes())
    }
}

impl From<Cow<'static, str>> for Body {
    fn from(text: Cow<'static, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Static(text.as_bytes()),
            Cow::Owned(text) => text.into(),
        }
    }
}

/// What a page of the dev server may read beside the usual.
const EXPOSED_HEADERS: &str =
    "x-cause, x-runtime-reply, content-range, content-length, accept-ranges";
