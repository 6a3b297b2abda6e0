//! `[window]`: how windows look and what the user may do with them.

use super::{Key, Kind, Length, Values};

/// Systems with windows.
const DESKTOP: &[&str] = &["linux", "mac", "win"];

section! {
    /// How windows look and what the user may do with them.
    Window, WINDOW {
        /// Width of the first window; half of the screen if absent.
        width: Option<Length> = Key::new("window", "width", Kind::Length).example("50%");
        /// Height of the first window; half of the screen if absent.
        height: Option<Length> = Key::new("window", "height", Kind::Length).example("50%");
        /// Smallest width.
        min_width: Option<Length> =
            Key::new("window", "min_width", Kind::Length).default("0").since_0_6().only(DESKTOP);
        /// Smallest height.
        min_height: Option<Length> =
            Key::new("window", "min_height", Kind::Length).default("0").since_0_6().only(DESKTOP);
        /// Largest width.
        max_width: Option<Length> =
            Key::new("window", "max_width", Kind::Length).default("100%").since_0_6().only(DESKTOP);
        /// Largest height.
        max_height: Option<Length> = Key::new("window", "max_height", Kind::Length)
            .default("100%")
            .since_0_6()
            .only(DESKTOP);
        /// Whether the user may resize windows.
        resizable: bool =
            Key::new("window", "resizable", Kind::Flag).default("true").since_0_6().only(DESKTOP);
        /// Whether the user may maximise windows.
        maximizable: bool =
            Key::new("window", "maximizable", Kind::Flag).default("true").since_0_6().only(DESKTOP);
        /// Whether the user may minimise windows.
        minimizable: bool =
            Key::new("window", "minimizable", Kind::Flag).default("true").since_0_6().only(DESKTOP);
        /// Whether the user may close windows.
        closable: bool =
            Key::new("window", "closable", Kind::Flag).default("true").since_0_6().only(DESKTOP);
        /// Whether windows have neither title bar nor border.
        frameless: bool =
            Key::new("window", "frameless", Kind::Flag).default("false").since_0_6().only(DESKTOP);
        /// Whether windows are tool windows, which stay out of the task bar.
        utility: bool =
            Key::new("window", "utility", Kind::Flag).default("false").since_0_6().only(DESKTOP);
        /// How the title bar is drawn.
        titlebar_style: Option<String> =
            Key::new("window", "titlebar_style", Kind::OneOf(&["hidden", "hiddenInset"]))
                .example("hiddenInset")
                .since_0_6()
                .only(&["mac"])
                .aliases(&["window.titleBarStyle"]);
        /// Colour behind the page until it paints, under a dark system theme.
        background_color_dark: Option<[u8; 4]> =
            Key::new("window", "background_color_dark", Kind::Color)
                .example("#2e2e2e")
                .since_0_6()
                .aliases(&["window.backgroundColorDark"]);
        /// Colour behind the page until it paints, under a light system theme.
        background_color_light: Option<[u8; 4]> =
            Key::new("window", "background_color_light", Kind::Color)
                .example("rgba(255, 255, 255, 1)")
                .since_0_6()
                .aliases(&["window.backgroundColorLight"]);
        /// Title over alert(), confirm() and prompt(); the app's title if absent.
        alert_title: Option<String> = Key::new("window.alert", "title", Kind::Text)
            .example("My App")
            .since_0_6()
            .only(&["ios", "mac"]);
    }
}
