//! A part of a file as a stream that the engine reads off the main thread.

use std::fs::File;

use gtk::{gio, glib};

glib::wrapper! {
    /// Reads a span of a file, wherever the file's own position is.
    pub(super) struct FileStream(ObjectSubclass<imp::FileStream>) @extends gio::InputStream;
}

impl FileStream {
    /// Streams the bytes from `start` up to, not including, `end`.
    pub(super) fn new(file: File, start: u64, end: u64) -> Self {
        let stream: Self = glib::Object::new();
        stream.set_span(file, start, end);
        stream
    }

    /// How many bytes are left to read.
    pub(super) fn length(&self) -> u64 {
        self.left()
    }
}

mod imp {
    use std::{
        fs::File,
        os::unix::fs::FileExt as _,
        sync::{Mutex, PoisonError},
    };

    use gtk::{
        gio::{self, subclass::prelude::*},
        glib,
    };

    /// GIO calls `read` on a thread of its pool, one call at a time.
    #[derive(Default)]
    pub(in super::super) struct FileStream {
        span: Mutex<Span>,
    }

    #[derive(Default)]
    struct Span {
        file: Option<File>,
        start: u64,
        end: u64,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for FileStream {
        const NAME: &'static str = "RuntimeFileStream";
        type Type = super::FileStream;
        type ParentType = gio::InputStream;
    }

    impl ObjectImpl for FileStream {}

    impl InputStreamImpl for FileStream {
        fn read(
            &self,
            buffer: &mut [u8],
            _cancellable: Option<&gio::Cancellable>,
        ) -> Result<usize, glib::Error> {
            let mut span = self.span.lock().unwrap_or_else(PoisonError::into_inner);
            let left = usize::try_from(span.end.saturating_sub(span.start)).unwrap_or(usize::MAX);
            let room = buffer.len().min(left);
            let Some(file) = span.file.as_ref().filter(|_| room > 0) else {
                return Ok(0);
            };
            let count = file
                .read_at(&mut buffer[..room], span.start)
                .map_err(|error| glib::Error::new(gio::IOErrorEnum::Failed, &error.to_string()))?;
            span.start += count as u64;
            Ok(count)
        }

        fn close(&self, _cancellable: Option<&gio::Cancellable>) -> Result<(), glib::Error> {
            self.span
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .file = None;
            Ok(())
        }
    }

    impl super::FileStream {
        pub(super) fn set_span(&self, file: File, start: u64, end: u64) {
            let mut span = self
                .imp()
                .span
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *span = Span {
                file: Some(file),
                start,
                end,
            };
        }

        pub(super) fn left(&self) -> u64 {
            let span = self
                .imp()
                .span
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            span.end.saturating_sub(span.start)
        }
    }
}
