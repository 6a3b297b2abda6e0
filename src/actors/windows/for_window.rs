//! The messages that concern one window, and what their senders learn if there is none.

use crate::messages::{
    host::WindowError,
    windows::{ActOnWindow, ClientError, CloseClient, OpenClient, RaiseEvent, TakeEvents},
};

/// A message that concerns one window, and the error if there is none.
pub(super) trait ForWindow {
    type Error: Send + 'static;

    fn no_window(window: u32) -> Self::Error;
}

impl ForWindow for ActOnWindow {
    type Error = WindowError;
    fn no_window(window: u32) -> WindowError {
        WindowError::Unknown { window }
    }
}

impl ForWindow for RaiseEvent {
    type Error = WindowError;
    fn no_window(window: u32) -> WindowError {
        WindowError::Unknown { window }
    }
}

impl ForWindow for TakeEvents {
    type Error = ClientError;
    fn no_window(window: u32) -> ClientError {
        ClientError::NoWindow { window }
    }
}

impl ForWindow for OpenClient {
    type Error = ClientError;
    fn no_window(window: u32) -> ClientError {
        ClientError::NoWindow { window }
    }
}

impl ForWindow for CloseClient {
    type Error = ClientError;
    fn no_window(window: u32) -> ClientError {
        ClientError::NoWindow { window }
    }
}
