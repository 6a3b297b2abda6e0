//! One window and the page in it.

use std::{cell::Cell, rc::Rc, time::Duration};

use gtk::{gdk, glib, prelude::*};
use tao::{
    dpi::LogicalSize,
    event_loop::EventLoopWindowTarget,
    platform::unix::{WindowBuilderExtUnix as _, WindowExtUnix as _},
    window::{Window, WindowBuilder, WindowId},
};
use webkit2gtk::WebViewExt as _;
use wry::{WebContext, WebView, WebViewExtUnix as _};

use super::{
    Host, HostEvent, geometry, page,
    panel::{self, Ground},
    stage::Stage,
};
use crate::messages::host::{Length, WindowChange, WindowError, WindowOptions, WindowState};

/// An open window.
pub(super) struct HostWindow {
    /// Goes before the window that holds it.
    pub(super) page: WebView,
    /// The real window.
    pub(super) window: Window,
    index: u32,
    /// Where the page is until the window is shown for the first time.
    stage: Option<Stage>,
    visibility: Rc<Visibility>,
    /// Where the page and a panel are once the window is shown; debug builds only.
    ground: Option<Ground>,
    is_closable: bool,
}

/// What a window that is about to be shown must still know.
#[derive(Default)]
struct Visibility {
    is_kept_hidden: Cell<bool>,
    /// Whether the page is in the window.
    is_occupied: Cell<bool>,
}

impl HostWindow {
    /// Opens a window, hidden, and starts to load its page.
    pub(super) fn open(
        host: &Host,
        index: u32,
        options: &WindowOptions,
        target: &EventLoopWindowTarget<HostEvent>,
        context: &mut WebContext,
    ) -> Result<Self, WindowError> {
        let url = host
            .origins
            .resolve(&options.url)
            .ok_or_else(|| WindowError::ForbiddenUrl {
                url: options.url.clone(),
            })?;
        let screen = geometry::screen(target);
        let size = screen.size(options.width, options.height);
        let window = build_window(options, &screen, size, target)?;
        let stage = Stage::new(size);
        let page = page::build(host, index, stage.container(), context)?;
        let opened = Self {
            page,
            window,
            index,
            stage: Some(stage),
            visibility: Rc::new(Visibility {
                is_kept_hidden: Cell::new(options.is_hidden),
                is_occupied: Cell::new(false),
            }),
            ground: None,
            is_closable: options.is_closable,
        };
        if host.options.has_panel {
            panel::connect_key(host, index, opened.window.gtk_window());
        }
        let (light, dark) = options.background;
        let background = if is_theme_dark() {
            dark.or(light).unwrap_or(DARK)
        } else {
            light.unwrap_or(LIGHT)
        };
        opened.set_background(background);
        opened.view().load_uri(&url);
        let host = host.clone();
        glib::timeout_add_local_once(FIRST_FRAME_WAIT_MAX, move || {
            host.post(HostEvent::RevealLate(index));
        });
        Ok(opened)
    }

    /// Shows the window with the page in it, unless it is meant to stay hidden.
    pub(super) fn reveal(&mut self, host: &Host) {
        if !self.visibility.is_kept_hidden.get() {
            self.show(host);
        }
    }

    /// Shows the window with the page in it; the first time, once the page has moved in.
    pub(super) fn show(&mut self, host: &Host) {
        self.visibility.is_kept_hidden.set(false);
        let (window, view) = (self.window.gtk_window().clone(), self.view());
        let (host, index, visibility) = (host.clone(), self.index, self.visibility.clone());
        if self.visibility.is_occupied.get() {
            return present(&window, &view, &host, index);
        }
        // Without a stage, the page is on its way already.
        let (Some(stage), Some(vbox)) = (self.stage.take(), self.window.default_vbox()) else {
            return;
        };
        let place = if host.options.has_panel {
            let ground = self.ground.insert(Ground::new(vbox));
            ground.container()
        } else {
            None
        };
        let vbox = place.unwrap_or_else(|| vbox.clone());
        glib::spawn_future_local(async move {
            let Some(cover) = stage.leave(&view, &vbox).await else {
                return;
            };
            visibility.is_occupied.set(true);
            if !visibility.is_kept_hidden.get() {
                present(&window, &view, &host, index);
            }
            cover.lift(&view).await;
        });
    }

    /// Hides the window.
    pub(super) fn hide(&mut self) {
        self.visibility.is_kept_hidden.set(true);
        self.window.gtk_window().hide();
    }

    /// Opens or closes the panel; nothing happens before the window was shown.
    pub(super) fn toggle_panel(&mut self, host: &Host) {
        let page = self.view();
        if let Some(ground) = &mut self.ground {
            ground.toggle(host, self.index, &page);
        }
    }

    /// Closes the panel, if it is open.
    pub(super) fn close_panel(&mut self, host: &Host) {
        let page = self.view();
        if let Some(ground) = &mut self.ground {
            ground.close(host, self.index, &page);
        }
    }

    /// Sets the colour that is seen until the page has painted.
    pub(super) fn set_background(&self, [red, green, blue, alpha]: [u8; 4]) {
        self.window
            .set_background_color(Some((red, green, blue, alpha)));
        let part = |value: u8| f64::from(value) / 255.0;
        let color = gdk::RGBA::new(part(red), part(green), part(blue), part(alpha));
        self.view().set_background_color(&color);
    }

    /// What it looks like now.
    pub(super) fn state(&self) -> WindowState {
        let gtk_window = self.window.gtk_window();
        let (width, height) = gtk_window.size();
        let (x, y) = gtk_window.position();
        WindowState {
            index: self.index,
            title: self.window.title(),
            width: u32::try_from(width).unwrap_or(0),
            height: u32::try_from(height).unwrap_or(0),
            x,
            y,
            status: if gtk_window.is_visible() {
                STATUS_SHOWN
            } else {
                STATUS_HIDDEN
            },
        }
    }

    /// What it looks like once it is closed.
    pub(super) fn closed_state(&self) -> WindowState {
        WindowState {
            status: STATUS_CLOSED,
            ..self.state()
        }
    }

    /// Its index.
    pub(super) fn index(&self) -> u32 {
        self.index
    }

    /// Whether the user may close it.
    pub(super) fn is_closable(&self) -> bool {
        self.is_closable
    }

    /// What the event loop calls it.
    pub(super) fn id(&self) -> WindowId {
        self.window.id()
    }

    /// Physical pixels per logical pixel.
    pub(super) fn scale(&self) -> f64 {
        self.window.scale_factor()
    }

    /// The engine's own view.
    pub(super) fn view(&self) -> webkit2gtk::WebView {
        self.page.webview()
    }
}

impl Drop for HostWindow {
    fn drop(&mut self) {
        self.window.gtk_window().hide();
    }
}

/// Maps a window whose page is in it.
fn present(window: &gtk::ApplicationWindow, view: &webkit2gtk::WebView, host: &Host, index: u32) {
    if !window.is_visible() {
        window.show_all();
        view.grab_focus();
        host.notify(index, WindowChange::Shown);
    }
}

fn build_window(
    options: &WindowOptions,
    screen: &geometry::Screen,
    size: LogicalSize<f64>,
    target: &EventLoopWindowTarget<HostEvent>,
) -> Result<Window, WindowError> {
    let mut builder = WindowBuilder::new()
        .with_title(&options.title)
        .with_visible(false)
        .with_inner_size(size)
        .with_position(screen.centre(size))
        .with_resizable(options.is_resizable)
        .with_maximizable(options.is_maximizable)
        .with_minimizable(options.is_minimizable)
        .with_closable(options.is_closable)
        .with_decorations(!options.is_frameless)
        .with_skip_taskbar(options.is_utility);
    let bound = |(width, height): (Option<Length>, Option<Length>), default: f64| {
        let width = width.map(|width| screen.width(width));
        let height = height.map(|height| screen.height(height));
        (width.is_some() || height.is_some())
            .then(|| LogicalSize::new(width.unwrap_or(default), height.unwrap_or(default)))
    };
    if let Some(least) = bound(options.min_size, 1.0) {
        builder = builder.with_min_inner_size(least);
    }
    if let Some(most) = bound(options.max_size, f64::from(i16::MAX)) {
        builder = builder.with_max_inner_size(most);
    }
    builder
        .build(target)
        .map_err(|error| failed("opening a window", &error))
}

/// Whether the user prefers dark windows, as far as GTK knows.
fn is_theme_dark() -> bool {
    gtk::Settings::default().is_some_and(|settings| {
        let name = settings.gtk_theme_name().unwrap_or_default().to_lowercase();
        settings.is_gtk_application_prefer_dark_theme() || name.ends_with("-dark")
    })
}

/// The error of an action that the system or the engine refused.
pub(super) fn failed(action: &'static str, error: &dyn std::fmt::Display) -> WindowError {
    WindowError::Failed {
        action,
        reason: error.to_string(),
    }
}

/// How long a window waits for its page's first frame.
const FIRST_FRAME_WAIT_MAX: Duration = Duration::from_secs(3);
/// Behind a page under a light theme.
const LIGHT: [u8; 4] = [255, 255, 255, 255];
/// Behind a page under a dark theme.
const DARK: [u8; 4] = [30, 30, 30, 255];
/// `WINDOW_HIDDEN` of `socket:window/constants`.
const STATUS_HIDDEN: u32 = 21;
/// `WINDOW_SHOWN` of `socket:window/constants`.
const STATUS_SHOWN: u32 = 31;
/// `WINDOW_CLOSED` of `socket:window/constants`.
const STATUS_CLOSED: u32 = 41;
