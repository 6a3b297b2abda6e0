//! The event loop: carries out orders and tells what the window system reports.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use tao::{
    event::{Event, WindowEvent},
    event_loop::{ControlFlow, EventLoopBuilder, EventLoopWindowTarget},
    platform::run_return::EventLoopExtRunReturn as _,
    window::WindowId,
};
use wry::WebContext;

use super::{
    super::{
        Answer, Backend, HostError, HostOptions, HostProxy, data_directory, origin::Origins,
        session::Sessions,
    },
    Host, HostEvent, Shared, actions, geometry,
    window::HostWindow,
};
use crate::messages::host::{
    DriveWindow, HostAnswer, HostOrder, WindowAction, WindowChange, WindowError, WindowOptions,
};

/// Runs the host; see [`crate::ui::run`].
pub(in crate::ui) fn run(
    options: HostOptions,
    backend: impl FnOnce(HostProxy) -> Box<dyn Backend>,
) -> Result<i32, HostError> {
    gtk::init().map_err(|error| HostError::NoDisplay {
        reason: error.to_string(),
    })?;
    let mut event_loop = EventLoopBuilder::<HostEvent>::with_user_event().build();
    let proxy = event_loop.create_proxy();
    let orders = proxy.clone();
    let backend = backend(HostProxy::new(move || {
        // The queue closes with the loop, after which nobody takes orders.
        let _ = orders.send_event(HostEvent::Orders);
    }));
    let origins = Origins::new(options.dev_server.as_deref(), &options.allowed_pages);
    let shared = Rc::new(Shared {
        options,
        origins,
        sessions: RefCell::new(Sessions::default()),
        views: RefCell::default(),
        panels: RefCell::default(),
        is_context_ready: Cell::new(false),
        backend,
        proxy,
    });
    let mut desk = Desk::new(shared);
    Ok(event_loop.run_return(move |event, target, flow| {
        if matches!(flow, ControlFlow::ExitWithCode(_)) {
            return;
        }
        *flow = match desk.handle(event, target) {
            Some(code) => {
                desk.close_all();
                ControlFlow::ExitWithCode(code)
            }
            None => ControlFlow::Wait,
        };
    }))
}

/// Every window and what they share.
struct Desk {
    host: Host,
    windows: BTreeMap<u32, HostWindow>,
    indices: BTreeMap<WindowId, u32>,
    context: WebContext,
}

impl Desk {
    fn new(host: Host) -> Self {
        let options = &host.options;
        let directory = options
            .data_directory
            .clone()
            .unwrap_or_else(|| data_directory(&options.bundle_id));
        let mut context = WebContext::new(Some(directory));
        context.set_allows_automation(options.is_automated);
        Self {
            host,
            windows: BTreeMap::new(),
            indices: BTreeMap::new(),
            context,
        }
    }

    /// Deals with one event; returns the exit code if it was the last.
    fn handle(
        &mut self,
        event: Event<'_, HostEvent>,
        target: &EventLoopWindowTarget<HostEvent>,
    ) -> Option<i32> {
        match event {
            Event::UserEvent(HostEvent::Orders) => self.obey_all(target),
            Event::UserEvent(HostEvent::Close(window)) => self.close(window),
            Event::UserEvent(HostEvent::Titled(window, title)) => {
                self.windows.get(&window)?.window.set_title(&title);
                self.host.notify(window, WindowChange::Titled(title));
                None
            }
            Event::UserEvent(HostEvent::RevealLate(window)) => {
                self.windows.get_mut(&window)?.reveal(&self.host);
                None
            }
            Event::UserEvent(HostEvent::TogglePanel(window)) => {
                self.windows.get_mut(&window)?.toggle_panel(&self.host);
                None
            }
            Event::UserEvent(HostEvent::ClosePanel(window)) => {
                self.windows.get_mut(&window)?.close_panel(&self.host);
                None
            }
            Event::WindowEvent {
                window_id, event, ..
            } => {
                let window = *self.indices.get(&window_id)?;
                self.handle_window(window, &event)
            }
            _ => None,
        }
    }

    fn handle_window(&mut self, window: u32, event: &WindowEvent<'_>) -> Option<i32> {
        let known = self.windows.get(&window)?;
        let scale = known.scale();
        match event {
            WindowEvent::CloseRequested if !known.is_closable() => {}
            WindowEvent::CloseRequested | WindowEvent::Destroyed => return self.close(window),
            WindowEvent::Focused(true) => self.host.notify(window, WindowChange::Focused),
            WindowEvent::Focused(false) => self.host.notify(window, WindowChange::Blurred),
            WindowEvent::Resized(size) => {
                let size = size.to_logical::<u32>(scale);
                self.host
                    .notify(window, WindowChange::Resized(size.width, size.height));
            }
            WindowEvent::Moved(position) => {
                let position = position.to_logical::<i32>(scale);
                self.host
                    .notify(window, WindowChange::Moved(position.x, position.y));
            }
            _ => {}
        }
        None
    }

    /// Carries out what waits; returns the exit code if that was an order.
    fn obey_all(&mut self, target: &EventLoopWindowTarget<HostEvent>) -> Option<i32> {
        let taken = self.host.backend.take_orders();
        for (order, answer) in taken.orders {
            if let Some(code) = self.obey(order, answer, target) {
                return Some(code);
            }
        }
        if taken.is_more {
            self.host.post(HostEvent::Orders);
        }
        None
    }

    fn obey(
        &mut self,
        order: HostOrder,
        answer: Answer<HostAnswer, WindowError>,
        target: &EventLoopWindowTarget<HostEvent>,
    ) -> Option<i32> {
        match order {
            HostOrder::Exit(code) => {
                answer(Ok(HostAnswer::Done));
                Some(code)
            }
            HostOrder::DescribeScreen => {
                answer(Ok(geometry::screen(target).describe()));
                None
            }
            HostOrder::Window(DriveWindow {
                window,
                action: WindowAction::Open(options),
            }) => {
                answer(self.open(window, &options, target).map(HostAnswer::Window));
                None
            }
            HostOrder::Window(DriveWindow {
                window,
                action: WindowAction::Close,
            }) => {
                let Some(known) = self.windows.get(&window) else {
                    answer(Err(WindowError::Unknown { window }));
                    return None;
                };
                answer(Ok(HostAnswer::Window(known.closed_state())));
                self.close(window)
            }
            HostOrder::Window(DriveWindow { window, action }) => {
                match self.windows.get_mut(&window) {
                    Some(known) => {
                        actions::perform(&self.host, known, action, target, answer);
                    }
                    None => answer(Err(WindowError::Unknown { window })),
                }
                None
            }
        }
    }

    fn open(
        &mut self,
        index: u32,
        options: &WindowOptions,
        target: &EventLoopWindowTarget<HostEvent>,
    ) -> Result<crate::messages::host::WindowState, WindowError> {
        if self.windows.contains_key(&index) {
            return Err(WindowError::Exists { window: index });
        }
        let window = HostWindow::open(&self.host, index, options, target, &mut self.context)?;
        let state = window.state();
        self.indices.insert(window.id(), index);
        self.windows.insert(index, window);
        Ok(state)
    }

    /// Ends a window; returns the exit code if it was the last and that ends the host.
    fn close(&mut self, index: u32) -> Option<i32> {
        let window = self.windows.remove(&index)?;
        self.indices.retain(|_, known| *known != index);
        self.host
            .views
            .borrow_mut()
            .retain(|(_, known)| *known != index);
        self.host.forget_panel(index);
        self.host.sessions.borrow_mut().end(index);
        drop(window);
        self.host.notify(index, WindowChange::Closed);
        (self.windows.is_empty() && self.host.options.exits_with_last_window).then_some(0)
    }

    fn close_all(&mut self) {
        while let Some((&index, _)) = self.windows.first_key_value() {
            self.close(index);
        }
    }
}
