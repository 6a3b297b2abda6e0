//! Script messages with a reply, which the bindings of WebKitGTK leave out.

use std::{ffi::CString, mem::ManuallyDrop, ptr};

use gtk::glib::{self, prelude::*, translate::*};
use javascriptcore::{Context as ScriptContext, Value as ScriptValue, ValueExt as _};
use webkit2gtk::UserContentManager;
use webkit2gtk_sys as sys;

glib::wrapper! {
    /// The engine's end of one message.
    #[derive(Debug)]
    struct RawReply(Shared<sys::WebKitScriptMessageReply>);

    match fn {
        // SAFETY: GLib calls these with a reply that is alive.
        ref => |raw| unsafe { sys::webkit_script_message_reply_ref(raw) },
        // SAFETY: as above.
        unref => |raw| unsafe { sys::webkit_script_message_reply_unref(raw) },
        type_ => || sys::webkit_script_message_reply_get_type(),
    }
}

/// Resolves the promise that the page holds.
///
/// Invariant: it holds nothing of the message. A message's value lives in a JavaScript machine
/// that the engine keeps for a second; whoever holds the value longer has the machine destroyed
/// when letting go of it, which corrupts the heap of WebKitGTK 2.50.
pub(super) struct Reply {
    raw: RawReply,
}

thread_local! {
    /// Where answers are made. Never destroyed, see [`Reply`].
    static ANSWERS: ManuallyDrop<ScriptContext> = ManuallyDrop::new(ScriptContext::new());
}

impl Reply {
    /// Resolves it with a string.
    pub(super) fn resolve(self, text: &str) {
        let value = ANSWERS.with(|context| ScriptValue::new_string(&**context, Some(text)));
        // SAFETY: both pointers are borrowed from wrappers that own a reference for the
        // length of the call, and the engine takes references of its own.
        unsafe {
            sys::webkit_script_message_reply_return_value(
                self.raw.to_glib_none().0,
                value.to_glib_none().0,
            );
        }
    }
}

/// Calls the handler with every message, as text, that is posted to the named channel.
/// Any frame can post; the handler has to find out who did.
pub(super) fn connect(
    manager: &UserContentManager,
    name: &str,
    handler: impl Fn(String, Reply) + 'static,
) {
    let signal = format!("script-message-with-reply-received::{name}");
    manager.connect_local(&signal, false, move |arguments| {
        let message = arguments.get(1)?.get::<ScriptValue>().ok()?;
        let raw = arguments.get(2)?.get::<RawReply>().ok()?;
        let text = if message.is_string() {
            message.to_string()
        } else {
            String::new()
        };
        drop(message);
        handler(text, Reply { raw });
        Some(true.to_value())
    });
    register(manager, name);
}

fn register(manager: &UserContentManager, name: &str) {
    let Ok(name) = CString::new(name) else {
        return;
    };
    // SAFETY: the manager is alive, the name ends in NUL and outlives the call, and a null
    // world is documented to mean the page's own (the safe binding cannot pass null).
    unsafe {
        sys::webkit_user_content_manager_register_script_message_handler_with_reply(
            manager.to_glib_none().0,
            name.as_ptr(),
            ptr::null(),
        );
    }
}
