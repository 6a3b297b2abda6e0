//! Drawing: a frame with axes, and lines, bands and marks in it.
//!
//! Colours are classes, so that the page's style decides how they look by day and by night.

use std::fmt::Write as _;

use super::scale::Scale;

/// A drawing with one pair of axes.
pub(super) struct Plot {
    body: String,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

/// Which end of a text its place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Plot {
    /// An empty drawing with room for labels on the left and below.
    pub(super) fn new(width: f64, height: f64, x: Scale, y: Scale) -> Self {
        let (left, right, top, bottom) = (46.0, width - 14.0, 14.0, height - 38.0);
        Self {
            body: String::new(),
            width,
            height,
            left,
            right,
            top,
            bottom,
            x,
            y,
        }
    }

    /// Moves the left edge of the frame.
    pub(super) fn with_left(mut self, left: f64) -> Self {
        self.left = left;
        self
    }

    /// Moves the right edge of the frame inwards.
    pub(super) fn with_right(mut self, room: f64) -> Self {
        self.right = self.width - room;
        self
    }

    /// The horizontal place of a value.
    pub(super) fn px(&self, value: f64) -> f64 {
        self.left + self.x.place(value) * (self.right - self.left)
    }

    /// The vertical place of a value.
    pub(super) fn py(&self, value: f64) -> f64 {
        self.bottom - self.y.place(value) * (self.bottom - self.top)
    }

    /// The edges of the frame: left, top, right, bottom.
    pub(super) fn frame(&self) -> (f64, f64, f64, f64) {
        (self.left, self.top, self.right, self.bottom)
    }

    /// The horizontal axis: ticks, labels and a title below.
    pub(super) fn x_axis(&mut self, title: &str, label: impl Fn(f64) -> String) {
        let count = ((self.right - self.left) / 80.0) as usize;
        for tick in self.x.ticks(count.max(3)) {
            let x = self.px(tick);
            let (top, bottom) = (self.bottom, self.bottom + 4.0);
            self.raw(&format!(
                r#"<path class="tick" d="M{x:.1} {top:.1}V{bottom:.1}"/>"#
            ));
            self.text(
                x,
                self.bottom + 16.0,
                Anchor::Middle,
                "label",
                &short(&label(tick)),
            );
        }
        let (left, right, bottom) = (self.left, self.right, self.bottom);
        self.raw(&format!(
            r#"<path class="axis" d="M{left:.1} {bottom:.1}H{right:.1}"/>"#
        ));
        let middle = f64::midpoint(self.left, self.right);
        self.text(
            middle,
            self.height - 4.0,
            Anchor::Middle,
            "label title",
            title,
        );
    }

    /// The vertical axis: a grid line and a label for each tick.
    pub(super) fn y_axis(&mut self, label: impl Fn(f64) -> String) {
        let count = ((self.bottom - self.top) / 44.0) as usize;
        for tick in self.y.ticks(count.max(2)) {
            let y = self.py(tick);
            let (left, right) = (self.left, self.right);
            self.raw(&format!(
                r#"<path class="grid" d="M{left:.1} {y:.1}H{right:.1}"/>"#
            ));
            self.text(
                self.left - 8.0,
                y + 4.0,
                Anchor::End,
                "label",
                &short(&label(tick)),
            );
        }
    }

    /// A line through points.
    pub(super) fn line(&mut self, class: &str, points: &[(f64, f64)]) {
        let path = self.path(points.iter().copied());
        self.raw(&format!(r#"<path class="line {class}" d="{path}"/>"#));
    }

    /// A line that keeps its value up to the next point.
    pub(super) fn steps(&mut self, class: &str, points: &[(f64, f64)]) {
        self.line(class, &stairs(points));
    }

    /// The area between two lines.
    pub(super) fn band(&mut self, class: &str, upper: &[(f64, f64)], lower: &[(f64, f64)]) {
        let outline = upper.iter().chain(lower.iter().rev()).copied();
        let path = self.path(outline);
        self.raw(&format!(r#"<path class="area {class}" d="{path}Z"/>"#));
    }

    /// A text.
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escape(text);
        self.raw(&format!(
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" class="{class}">{text}</text>"#
        ));
    }

    /// A dot that says something when pointed at.
    pub(super) fn dot(&mut self, class: &str, x: f64, y: f64, radius: f64, title: &str) {
        let title = escape(title);
        self.raw(&format!(
            r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"><title>{title}</title></circle>"#
        ));
    }

    /// A rectangle that says something when pointed at.
    pub(super) fn rect(&mut self, class: &str, corner: (f64, f64), size: (f64, f64), title: &str) {
        let ((x, y), (width, height), title) = (corner, size, escape(title));
        self.raw(&format!(
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="2"><title>{title}</title></rect>"#
        ));
    }

    /// Invisible columns that say something when pointed at, one for each value of x.
    pub(super) fn hover(&mut self, columns: &[(f64, String)]) {
        let xs: Vec<f64> = columns.iter().map(|(x, _)| self.px(*x)).collect();
        for (index, (_, title)) in columns.iter().enumerate() {
            let before = if index == 0 {
                self.left
            } else {
                f64::midpoint(xs[index - 1], xs[index])
            };
            let after = xs
                .get(index + 1)
                .map_or(self.right, |next| f64::midpoint(xs[index], *next));
            let (top, size) = (self.top, (after - before, self.bottom - self.top));
            self.rect("hover", (before, top), size, title);
        }
    }

    /// Anything else.
    pub(super) fn raw(&mut self, text: &str) {
        self.body.push_str(text);
    }

    /// The drawing as SVG, with a description for those who cannot see it.
    pub(super) fn finish(self, class: &str, description: &str) -> String {
        let (width, height, body) = (self.width, self.height, self.body);
        let description = escape(description);
        format!(
            r#"<svg class="{class}" viewBox="0 0 {width:.0} {height:.0}" role="img" aria-label="{description}">{body}</svg>"#
        )
    }

    fn path(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let mut path = String::new();
        for (index, (x, y)) in points.enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{command}{:.1} {:.1}", self.px(x), self.py(y));
        }
        path
    }
}

/// Doubles the points so that each value lasts until the next.
pub(super) fn stairs(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut stairs = Vec::with_capacity(points.len() * 2);
    for (index, &(x, y)) in points.iter().enumerate() {
        if let Some((_, before)) = index.checked_sub(1).map(|before| points[before]) {
            stairs.push((x, before));
        }
        stairs.push((x, y));
    }
    stairs
}

/// A number with its unit, without the zeros that end its fraction: `2.50 s` is `2.5 s`.
fn short(text: &str) -> String {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let number = match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    };
    format!("{number} {unit}").trim_end().to_owned()
}

/// A text that may stand in HTML and SVG.
pub(super) fn escape(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_out() {
        let mut plot = Plot::new(
            100.0,
            100.0,
            Scale::linear(0.0, 1.0),
            Scale::linear(0.0, 1.0),
        );
        plot.text(0.0, 0.0, Anchor::Start, "label", "<script>");
        plot.dot("dot", 1.0, 1.0, 2.0, "a & \"b\"");
        let svg = plot.finish("wide", "d");
        assert!(svg.contains("&lt;script&gt;") && svg.contains("a &amp; &quot;b&quot;"));
    }

    #[test]
    fn labels_drop_zeros_that_say_nothing() {
        let short = ["2.50 s", "20.0 kB/s", "100 %", "0 s", "1.00"].map(short);
        assert_eq!(short, ["2.5 s", "20 kB/s", "100 %", "0 s", "1"]);
    }

    #[test]
    fn stairs_hold_each_value_until_the_next() {
        assert_eq!(
            stairs(&[(0.0, 1.0), (2.0, 3.0)]),
            [(0.0, 1.0), (2.0, 1.0), (2.0, 3.0)]
        );
    }
}
