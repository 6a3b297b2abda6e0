//! Lengths and places on the screen.

use tao::{
    dpi::{LogicalPosition, LogicalSize},
    event_loop::EventLoopWindowTarget,
};

use crate::messages::host::{HostAnswer, Length};

/// The primary screen, or the first if none is primary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen {
    /// Size in logical pixels.
    size: LogicalSize<f64>,
    /// Upper left corner in logical pixels.
    origin: LogicalPosition<f64>,
    /// Physical pixels per logical pixel.
    scale: f64,
}

/// Looks at the screen.
pub(super) fn screen<T>(target: &EventLoopWindowTarget<T>) -> Screen {
    let monitor = target
        .primary_monitor()
        .or_else(|| target.available_monitors().next());
    monitor.map_or(
        Screen {
            size: (1280.0, 800.0).into(),
            origin: (0.0, 0.0).into(),
            scale: 1.0,
        },
        |monitor| {
            let scale = monitor.scale_factor();
            Screen {
                size: monitor.size().to_logical(scale),
                origin: monitor.position().to_logical(scale),
                scale,
            }
        },
    )
}

impl Screen {
    /// As an answer to those who asked for it.
    pub(super) fn describe(&self) -> HostAnswer {
        HostAnswer::Screen {
            width: self.size.width,
            height: self.size.height,
            scale: self.scale,
        }
    }

    /// The width that a length names.
    pub(super) fn width(&self, length: Length) -> f64 {
        resolve(length, self.size.width)
    }

    /// The height that a length names.
    pub(super) fn height(&self, length: Length) -> f64 {
        resolve(length, self.size.height)
    }

    /// A size, by default half of the screen.
    pub(super) fn size(&self, width: Option<Length>, height: Option<Length>) -> LogicalSize<f64> {
        let half = Length::Percent(50.0);
        (
            self.width(width.unwrap_or(half)),
            self.height(height.unwrap_or(half)),
        )
            .into()
    }

    /// Where a window of this size has to lie to be in the middle.
    pub(super) fn centre(&self, size: LogicalSize<f64>) -> LogicalPosition<f64> {
        let x = self.origin.x + ((self.size.width - size.width) / 2.0).max(0.0);
        let y = self.origin.y + ((self.size.height - size.height) / 2.0).max(0.0);
        (x.floor(), y.floor()).into()
    }
}

/// Turns a length into pixels between 1 and [`PIXELS_MAX`].
fn resolve(length: Length, whole: f64) -> f64 {
    let pixels = match length {
        Length::Pixels(pixels) => pixels,
        Length::Percent(percent) => whole * percent / 100.0,
    };
    if pixels.is_finite() {
        pixels.round().clamp(1.0, PIXELS_MAX)
    } else {
        whole
    }
}

/// X11 counts pixels in 16 bits with a sign.
const PIXELS_MAX: f64 = 32_767.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_kept_within_what_x11_can_count() {
        for (length, expected) in [
            (Length::Pixels(640.0), 640.0),
            (Length::Percent(50.0), 500.0),
            (Length::Pixels(-3.0), 1.0),
            (Length::Percent(f64::NAN), 1000.0),
            (Length::Pixels(1e9), PIXELS_MAX),
        ] {
            assert!(
                (resolve(length, 1000.0) - expected).abs() < 1e-9,
                "{length:?}"
            );
        }
    }
}
