//! A figure of the page: a title, what it shows, a legend, and the drawing.
//!
//! Each drawing is made twice, once for a wide and once for a narrow page, since a drawing
//! that is scaled down takes its letters with it.

use super::svg::escape;

/// The room for a drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Room {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) class: &'static str,
}

/// How wide a figure is on a wide page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// All of it.
    Full,
    /// Half of it.
    Half,
}

/// One entry of a legend: a class of colour and its meaning.
pub(super) type Key<'a> = (&'a str, &'a str);

/// A figure, drawn by `draw` for each room.
pub(super) fn figure(
    span: Span,
    title: &str,
    caption: &str,
    keys: &[Key],
    draw: impl Fn(Room) -> String,
) -> String {
    let (class, wide) = match span {
        Span::Full => (
            "full",
            Room {
                width: 1080.0,
                height: 380.0,
                class: "wide",
            },
        ),
        Span::Half => (
            "half",
            Room {
                width: 520.0,
                height: 300.0,
                class: "wide",
            },
        ),
    };
    let narrow = Room {
        width: 360.0,
        height: 270.0,
        class: "narrow",
    };
    let (title, caption) = (escape(title), escape(caption));
    let legend: String = keys
        .iter()
        .map(|(class, text)| format!(r#"<span><i class="{class}"></i>{}</span>"#, escape(text)))
        .collect();
    let legend = if legend.is_empty() {
        legend
    } else {
        format!("<p class=legend>{legend}</p>")
    };
    format!(
        "<figure class={class}><figcaption><h2>{title}</h2><p>{caption}</p>{legend}</figcaption>{}{}</figure>\n",
        draw(wide),
        draw(narrow)
    )
}
