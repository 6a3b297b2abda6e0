//! What a page may show, open, save and use, and what happens when its process dies.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use gtk::{glib, prelude::*};
use webkit2gtk::{
    DeviceInfoPermissionRequest, DownloadExt as _, GeolocationPermissionRequest,
    NavigationPolicyDecision, NavigationPolicyDecisionExt as _, NotificationPermissionRequest,
    PermissionRequest, PermissionRequestExt as _, PointerLockPermissionRequest, PolicyDecision,
    PolicyDecisionExt as _, PolicyDecisionType, ResponsePolicyDecision,
    ResponsePolicyDecisionExt as _, URIRequestExt as _, URIResponseExt as _,
    UserMediaPermissionRequest, UserMediaPermissionRequestExt as _, WebContextExt as _, WebView,
    WebViewExt as _,
};

use super::{super::Permission, Host};
use crate::messages::host::{Refusal, WindowChange};

/// Connects the policies of one view.
pub(super) fn connect(host: &Host, window: u32, view: &WebView) {
    let decider = host.clone();
    view.connect_decide_policy(move |_, decision, kind| match kind {
        PolicyDecisionType::NewWindowAction => refuse_window(&decider, window, decision),
        PolicyDecisionType::Response => judge_response(&decider, window, decision),
        _ => false,
    });
    let permitter = host.clone();
    view.connect_permission_request(move |_, request| {
        if wanted(request)
            .iter()
            .all(|&permission| (permitter.options.permits)(permission))
        {
            request.allow();
        } else {
            request.deny();
        }
        true
    });
    connect_crash(host, window, view);
}

/// Cancels every download of the context, once, and says which it was.
pub(super) fn refuse_downloads(host: &Host, view: &WebView) {
    let Some(context) = view.context() else {
        return;
    };
    let host = host.clone();
    context.connect_download_started(move |_, download| {
        download.cancel();
        let url = download
            .request()
            .and_then(|request| request.uri())
            .unwrap_or_default();
        let window = download.web_view().and_then(|view| host.window_of(&view));
        host.refuse(window.unwrap_or(0), Refusal::Download(url.to_string()));
    });
}

fn refuse_window(host: &Host, window: u32, decision: &PolicyDecision) -> bool {
    decision.ignore();
    let url = decision
        .downcast_ref::<NavigationPolicyDecision>()
        .and_then(|decision| decision.navigation_action()?.request()?.uri())
        .unwrap_or_default();
    host.refuse(window, Refusal::NewWindow(url.to_string()));
    true
}

/// Refuses what the window may not show, redirects included, and what would be saved.
/// Frames inside the page are the business of its content security policy.
fn judge_response(host: &Host, window: u32, decision: &PolicyDecision) -> bool {
    let Some(answered) = decision.downcast_ref::<ResponsePolicyDecision>() else {
        return false;
    };
    let url = answered
        .response()
        .and_then(|response| response.uri())
        .unwrap_or_default();
    let refusal = if !answered.is_mime_type_supported() {
        Refusal::Download(url.to_string())
    } else if answered.is_main_frame_main_resource() && !host.origins.may_show(&url) {
        Refusal::Navigation(url.to_string())
    } else {
        return false;
    };
    decision.ignore();
    host.refuse(window, refusal);
    true
}

fn wanted(request: &PermissionRequest) -> Vec<Permission> {
    if let Some(media) = request.downcast_ref::<UserMediaPermissionRequest>() {
        let audio = media
            .is_for_audio_device()
            .then_some(Permission::Microphone);
        let video = media.is_for_video_device().then_some(Permission::Camera);
        let devices: Vec<_> = audio.into_iter().chain(video).collect();
        return if devices.is_empty() {
            vec![Permission::ScreenCapture]
        } else {
            devices
        };
    }
    vec![if request.is::<GeolocationPermissionRequest>() {
        Permission::Geolocation
    } else if request.is::<NotificationPermissionRequest>() {
        Permission::Notifications
    } else if request.is::<PointerLockPermissionRequest>() {
        Permission::PointerLock
    } else if request.is::<DeviceInfoPermissionRequest>() {
        Permission::DeviceNames
    } else {
        Permission::Other
    }]
}

/// Loads the page again after its process died, unless it keeps dying.
fn connect_crash(host: &Host, window: u32, view: &WebView) {
    let host = host.clone();
    let crashes = RefCell::new(Crashes::default());
    let is_waiting = std::rc::Rc::new(Cell::new(false));
    view.connect_web_process_terminated(move |view, _| {
        let now = glib::monotonic_time().unsigned_abs();
        let delay = crashes.borrow_mut().record(Duration::from_micros(now));
        host.notify(window, WindowChange::WebProcessCrashed(delay.is_some()));
        let Some(delay) = delay.filter(|_| !is_waiting.replace(true)) else {
            return;
        };
        let (view, is_waiting) = (view.downgrade(), is_waiting.clone());
        glib::timeout_add_local_once(delay, move || {
            is_waiting.set(false);
            if let Some(view) = view.upgrade() {
                view.reload();
            }
        });
    });
}

/// Counts crashes of one page.
#[derive(Debug, Default)]
struct Crashes {
    count: u32,
    last: Option<Duration>,
}

impl Crashes {
    /// Notes a crash; returns when to load the page again, if ever.
    fn record(&mut self, now: Duration) -> Option<Duration> {
        let is_old = self.last.is_none_or(|last| now - last > CRASH_MEMORY);
        self.count = if is_old { 1 } else { self.count + 1 };
        self.last = Some(now);
        (self.count <= RELOADS_MAX).then(|| RELOAD_DELAY * 4_u32.pow(self.count - 1))
    }
}

/// After this long without a crash, earlier ones are forgotten.
const CRASH_MEMORY: Duration = Duration::from_secs(60);
/// How often a page that keeps crashing is loaded again.
const RELOADS_MAX: u32 = 3;
/// How long the first reload waits; each further one waits four times longer.
const RELOAD_DELAY: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_keeps_crashing_is_given_up() {
        let start = Duration::ZERO;
        let mut crashes = Crashes::default();
        let delays: Vec<_> = (0..5)
            .map(|second| crashes.record(start + Duration::from_secs(second)))
            .collect();
        let millis = |count| Some(Duration::from_millis(count));
        assert_eq!(
            delays,
            [millis(250), millis(1000), millis(4000), None, None]
        );
        assert_eq!(crashes.record(start + Duration::from_secs(90)), millis(250));
    }
}
