//! Windows: the actor that knows them all, and one actor for each.
//!
//! [`Windows`] is started by the app and restarted by the supervisor, with its windows
//! where it left them; it starts a [`Window`] for each window that opens. Only the
//! WebView host touches real windows: these actors send it orders and pass on what it
//! reports. **Invariant:** no engine or window-system type appears here.

mod directory;
mod events;
mod for_window;
mod replay;
mod window;

pub use directory::{Directory, PageEnds, WINDOWS_MAX, Windows};
pub use window::Window;
