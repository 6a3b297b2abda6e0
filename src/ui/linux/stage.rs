//! Where a page paints its first frame before its window is shown.
//!
//! WebKit paints only what is mapped, and a window that is mapped before the page has
//! painted flashes. So the page starts in an off-screen window, and moves. In its new
//! place it has to paint again, which takes a frame or two; until then the window shows a
//! picture of the old place.

use std::{cell::RefCell, rc::Rc, time::Duration};

use gtk::{
    cairo,
    glib::{self, Propagation},
    prelude::*,
};
use tao::dpi::LogicalSize;
use webkit2gtk::WebView;

/// An off-screen window that holds one page.
pub(super) struct Stage {
    window: gtk::OffscreenWindow,
    container: gtk::Box,
}

impl Stage {
    /// Sets up a stage for a window of this size.
    pub(super) fn new(size: LogicalSize<f64>) -> Self {
        let window = gtk::OffscreenWindow::new();
        let container = gtk::Box::new(gtk::Orientation::Vertical, 0);
        window.add(&container);
        let size = size.cast::<i32>();
        window.set_default_size(size.width, size.height);
        window.show_all();
        Self { window, container }
    }

    /// What the page is put into.
    pub(super) fn container(&self) -> &gtk::Box {
        &self.container
    }

    /// Moves the page into its window.
    pub(super) fn leave(self, view: &WebView, window: &gtk::Box) {
        let picture = picture_of(view);
        self.container.remove(view);
        // A page that keeps its size on the move would keep its frame to itself, too.
        view.set_margin_bottom(1);
        window.pack_start(view, true, true, 0);
        cover(view, picture);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.window.close();
    }
}

/// What the page looks like now; `None` if the system refuses the memory.
fn picture_of(view: &WebView) -> Option<cairo::ImageSurface> {
    let scale = view.scale_factor();
    let (width, height) = (
        view.allocated_width() * scale,
        view.allocated_height() * scale,
    );
    let picture = cairo::ImageSurface::create(cairo::Format::Rgb24, width, height).ok()?;
    picture.set_device_scale(f64::from(scale), f64::from(scale));
    view.draw(&cairo::Context::new(&picture).ok()?);
    Some(picture)
}

/// Paints a picture over the page for the time that it needs to paint itself.
fn cover(view: &WebView, picture: Option<cairo::ImageSurface>) {
    let picture = Rc::new(RefCell::new(picture));
    let painted = picture.clone();
    view.connect_local("draw", true, move |arguments| {
        let context = arguments.get(1)?.get::<cairo::Context>().ok()?;
        if let Some(picture) = &*painted.borrow() {
            // Without the picture, the background is seen for a moment.
            let _ = context
                .set_source_surface(picture, 0.0, 0.0)
                .and_then(|()| context.paint());
        }
        Some(bool::from(Propagation::Proceed).to_value())
    });
    let view = view.downgrade();
    glib::timeout_add_local_once(COVER_TIME, move || {
        picture.take();
        if let Some(view) = view.upgrade() {
            view.set_margin_bottom(0);
            view.queue_draw();
        }
    });
}

/// How long the picture stays; under software rendering the page took up to 40 ms.
const COVER_TIME: Duration = Duration::from_millis(150);
