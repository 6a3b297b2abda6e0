//! Where a page paints its first frame before its window is shown.
//!
//! WebKit paints only what is mapped, and a window that is mapped before the page has
//! painted flashes. So the page starts in an off-screen window, and moves.

use gtk::prelude::*;
use tao::dpi::LogicalSize;
use webkit2gtk::WebView;

/// An off-screen window that holds one page.
pub(super) struct Stage {
    window: gtk::OffscreenWindow,
    container: gtk::Box,
}

impl Stage {
    /// Sets up a stage as large as the window will be.
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
        self.container.remove(view);
        window.pack_start(view, true, true, 0);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.window.close();
    }
}
