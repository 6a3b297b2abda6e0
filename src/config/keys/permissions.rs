//! `[permissions]`: what pages may do.

use std::collections::BTreeSet;

use super::{Key, Kind, Values};

/// What pages may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Whether pages are drawn without the graphics card.
    pub hardware_acceleration_disabled: bool,
    allowed: BTreeSet<&'static str>,
}

impl Permissions {
    /// The section as it was written, with defaults.
    pub(in crate::config) fn read(values: &Values) -> Self {
        let allowed = PERMISSIONS.iter().filter_map(|key| {
            let capability = key.name.strip_prefix("allow_")?;
            values.read::<bool>(key).then_some(capability)
        });
        Self {
            hardware_acceleration_disabled: values.read(&HARDWARE_ACCELERATION),
            allowed: allowed.collect(),
        }
    }

    /// Whether pages may use a capability, named as its key is: `camera` or `allow_camera`.
    /// What has no key is refused.
    #[must_use]
    pub fn allows(&self, name: &str) -> bool {
        self.allowed
            .contains(name.strip_prefix("allow_").unwrap_or(name))
    }
}

const HARDWARE_ACCELERATION: Key =
    Key::new("permissions", "hardware_acceleration_disabled", Kind::Flag)
        .default("false")
        .since_0_6();

/// A capability that is allowed unless the app says otherwise.
const fn allow(name: &'static str) -> Key {
    Key::new("permissions", name, Kind::Flag).default("true")
}

keys! {
    PERMISSIONS {
        /// Whether pages may fill the screen.
        key = allow("allow_fullscreen");
        /// Whether pages may listen to the microphone.
        key = allow("allow_microphone");
        /// Whether pages may look through the camera.
        key = allow("allow_camera");
        /// Whether pages may use microphone and camera by getUserMedia().
        key = allow("allow_user_media");
        /// Whether pages may ask where the device is.
        key = allow("allow_geolocation");
        /// Whether they may do so while the app is in the background.
        key = allow("allow_geolocation_in_background");
        /// Whether pages may show notifications.
        key = allow("allow_notifications");
        /// Whether pages may receive push notifications.
        key = allow("allow_push_notifications");
        /// Whether pages may read the device's sensors.
        key = allow("allow_sensors");
        /// Whether pages may read how the device is held.
        key = allow("allow_device_orientation");
        /// Whether pages may read what the device is.
        key = allow("allow_device_info");
        /// Whether pages may read and write the clipboard.
        key = allow("allow_clipboard");
        /// Whether pages may use Bluetooth.
        key = allow("allow_bluetooth");
        /// Whether pages may speak to others over the peer-to-peer network.
        key = allow("allow_network").of_our_own();
        /// Whether pages may keep data and read it again.
        key = allow("allow_data_access");
        /// Whether pages may play on AirPlay devices.
        key = allow("allow_airplay").only(&["ios", "mac"]);
        /// Whether pages may listen for keys of the whole system.
        key = allow("allow_hotkeys").since_0_6().only(&["linux", "mac", "win"]);
        /// Whether pages may register service workers.
        key = allow("allow_service_worker").since_0_6();
        /// Whether sound and video may start without a click.
        key = allow("allow_autoplay");
        /// Whether pages may list and use installed fonts.
        key = allow("allow_local_fonts");
        /// Whether pages may play protected media.
        key = allow("allow_media_key_system");
        /// Whether pages may read the user's media library.
        key = allow("allow_read_media");
        /// Whether pages may read its sound files.
        key = allow("allow_read_media_audio");
        /// Whether pages may read its pictures.
        key = allow("allow_read_media_images");
        /// Whether pages may read its videos.
        key = allow("allow_read_media_video");
        /// Whether pages are drawn without the graphics card.
        key = HARDWARE_ACCELERATION;
    }
}
