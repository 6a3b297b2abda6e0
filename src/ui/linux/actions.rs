//! Does to a window what it is told.

use std::{fs::File, path::PathBuf};

use gtk::glib::MainContext;
use tao::{
    dpi::{LogicalPosition, LogicalSize},
    event_loop::EventLoopWindowTarget,
};
use webkit2gtk::{SnapshotOptions, SnapshotRegion, WebInspectorExt as _, WebView, WebViewExt as _};

use super::{
    super::Answer,
    Host, HostEvent, geometry,
    window::{HostWindow, failed},
};
use crate::messages::host::{HostAnswer, Length, WindowAction, WindowError, WindowState};

/// Carries out an action on an open window and answers with the window's state.
///
/// The window system acts later: a new size or place is answered as if it were reached.
pub(super) fn perform(
    host: &Host,
    window: &mut HostWindow,
    action: WindowAction,
    target: &EventLoopWindowTarget<HostEvent>,
    answer: Answer<HostAnswer, WindowError>,
) {
    if let WindowAction::Screenshot(path) = action {
        return take_screenshot(window, path, answer);
    }
    let result = act(host, window, action, target);
    answer(result.map(HostAnswer::Window));
}

fn act(
    host: &Host,
    window: &mut HostWindow,
    action: WindowAction,
    target: &EventLoopWindowTarget<HostEvent>,
) -> Result<WindowState, WindowError> {
    match action {
        WindowAction::Describe => {}
        WindowAction::Show => window.show(host),
        WindowAction::Hide => window.hide(),
        WindowAction::FirstFrame => window.reveal(host),
        WindowAction::SetTitle(title) => {
            window.window.set_title(&title);
            return Ok(WindowState {
                title,
                ..window.state()
            });
        }
        WindowAction::SetSize(width, height) => return Ok(resize(window, width, height, target)),
        WindowAction::SetPosition(x, y) => {
            window.window.set_outer_position(LogicalPosition::new(x, y));
            return Ok(WindowState {
                x,
                y,
                ..window.state()
            });
        }
        WindowAction::Maximize => window.window.set_maximized(true),
        WindowAction::Minimize => window.window.set_minimized(true),
        WindowAction::Restore => {
            window.window.set_maximized(false);
            window.window.set_minimized(false);
        }
        WindowAction::SetBackground(color) => window.set_background(color),
        WindowAction::Navigate(url) => navigate(host, window, &url)?,
        WindowAction::ShowInspector => show_inspector(host, window)?,
        WindowAction::Open(_) => {
            return Err(WindowError::Exists {
                window: window.index(),
            });
        }
        WindowAction::Close | WindowAction::Screenshot(_) => {
            return Err(WindowError::Unsupported {
                action: "this action",
            });
        }
    }
    Ok(window.state())
}

fn resize(
    window: &HostWindow,
    width: Length,
    height: Length,
    target: &EventLoopWindowTarget<HostEvent>,
) -> WindowState {
    let size: LogicalSize<f64> = geometry::screen(target).size(Some(width), Some(height));
    window.window.set_inner_size(size);
    let size = size.cast::<u32>();
    WindowState {
        width: size.width,
        height: size.height,
        ..window.state()
    }
}

fn navigate(host: &Host, window: &HostWindow, url: &str) -> Result<(), WindowError> {
    let resolved = host
        .origins
        .resolve(url)
        .ok_or_else(|| WindowError::ForbiddenUrl {
            url: url.to_owned(),
        })?;
    window.view().load_uri(&resolved);
    Ok(())
}

fn show_inspector(host: &Host, window: &HostWindow) -> Result<(), WindowError> {
    let unsupported = WindowError::Unsupported {
        action: "showing the inspector",
    };
    if !host.options.is_debug {
        return Err(unsupported);
    }
    window.view().inspector().ok_or(unsupported)?.show();
    Ok(())
}

fn take_screenshot(window: &HostWindow, path: PathBuf, answer: Answer<HostAnswer, WindowError>) {
    let (view, state) = (window.view(), window.state());
    MainContext::default().spawn_local(async move {
        let saved = save_snapshot(&view, path).await;
        answer(saved.map(|()| HostAnswer::Window(state)));
    });
}

async fn save_snapshot(view: &WebView, path: PathBuf) -> Result<(), WindowError> {
    let surface = view
        .snapshot_future(SnapshotRegion::Visible, SnapshotOptions::NONE)
        .await
        .map_err(|error| failed("taking a picture of the page", &error))?;
    let mut file = File::create(&path).map_err(|error| failed("creating the PNG file", &error))?;
    surface
        .write_to_png(&mut file)
        .map_err(|error| failed("writing the PNG file", &error))
}
