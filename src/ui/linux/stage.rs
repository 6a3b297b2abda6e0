//! Where a page paints its first frame before its window is shown.
//!
//! WebKit paints only what is mapped, and a window that is mapped before the page has
//! painted flashes. So the page starts in an off-screen window, and moves. In its new
//! place it has to paint again; until it has, the window shows a picture of the page,
//! taken by the engine itself so that it cannot be older than the page's first frame.

use std::{cell::RefCell, future::Future, pin::Pin, rc::Rc, time::Duration};

use gtk::{
    cairo,
    glib::{self, Propagation},
    prelude::*,
};
use tao::dpi::LogicalSize;
use webkit2gtk::{SnapshotOptions, SnapshotRegion, WebView, WebViewExt as _};

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

    /// Moves the page into its window, under a cover; `None` if the page is gone meanwhile.
    pub(super) async fn leave(self, view: &WebView, window: &gtk::Box) -> Option<Cover> {
        let taken = view.snapshot_future(SnapshotRegion::Visible, SnapshotOptions::NONE);
        let picture = within(PICTURE_TIME_MAX, taken).await.and_then(Result::ok);
        let is_here = view
            .parent()
            .is_some_and(|parent| parent == *self.container.upcast_ref::<gtk::Widget>());
        if !is_here {
            return None;
        }
        self.container.remove(view);
        // A page that keeps its size on the move would keep its frame to itself, too.
        view.set_margin_bottom(1);
        window.pack_start(view, true, true, 0);
        Some(Cover::new(view, picture))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.window.close();
    }
}

/// A picture over the page while the page paints itself again.
pub(super) struct Cover(Rc<RefCell<Option<cairo::Surface>>>);

impl Cover {
    fn new(view: &WebView, picture: Option<cairo::Surface>) -> Self {
        let cover = Rc::new(RefCell::new(picture));
        let painted = cover.clone();
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
        Self(cover)
    }

    /// Takes the picture away when the page has had time to paint in its new place. The
    /// page is not asked: its answer would need a JavaScript machine in this process, see
    /// [`crate::ui::HostOptions::has_script_messages`].
    pub(super) async fn lift(self, view: &WebView) {
        glib::timeout_future(REPAINT_TIME).await;
        self.0.take();
        view.set_margin_bottom(0);
        view.queue_draw();
    }
}

/// What a future gives within a time, or nothing.
async fn within<T>(time: Duration, future: Pin<Box<dyn Future<Output = T>>>) -> Option<T> {
    let timeout = Box::pin(glib::timeout_future(time));
    match futures_util::future::select(future, timeout).await {
        futures_util::future::Either::Left((value, _)) => Some(value),
        futures_util::future::Either::Right(_) => None,
    }
}

const PICTURE_TIME_MAX: Duration = Duration::from_millis(500);
/// Under software rendering the page took up to 40 ms on an idle machine.
const REPAINT_TIME: Duration = Duration::from_millis(250);
