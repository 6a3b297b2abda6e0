//! The kinds of values that a key may take.

/// What a key's value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Any text.
    Text,
    /// Name of an executable: no spaces or characters with a meaning in paths and shells.
    Name,
    /// `true`, `false`, `1`, `0`, `yes` or `no`.
    Flag,
    /// A whole number in these bounds.
    Integer {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// Milliseconds, up to a day.
    Millis,
    /// Pixels, or percent of the screen.
    Length,
    /// `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb()` or `rgba()`.
    Color,
    /// Two pixel counts, `XxY`.
    Offset,
    /// A semantic version.
    Version,
    /// One to three numbers joined by dots.
    SystemVersion,
    /// A reverse-DNS identifier.
    BundleId,
    /// The scheme of a URL.
    Scheme,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Several peers, `[PEERID@]HOST:PORT`, by `key[] =` or in one value.
    Peers,
    /// Several items, by `key[] =` or in one value.
    List(Split),
}

/// How one value of a list is split into items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// At commas and white space.
    Commas,
    /// At white space.
    Spaces,
    /// Not at all: one value, one item.
    Never,
}

impl Kind {
    /// How values are split into items, if there can be several.
    pub(super) fn split(self) -> Option<Split> {
        match self {
            Self::List(split) => Some(split),
            Self::Peers => Some(Split::Commas),
            _ => None,
        }
    }

    /// Says in words what a value must be, as in "expected …".
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Name => "a name without spaces or special characters".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::Millis => "milliseconds, a whole number up to 86400000".to_owned(),
            Self::Length => "pixels (800) or percent of the screen (50%)".to_owned(),
            Self::Color => "a colour: #rgb, #rrggbb, #rrggbbaa, rgb() or rgba()".to_owned(),
            Self::Offset => "two pixel counts (10x24)".to_owned(),
            Self::Version => "a semantic version (1.2.3)".to_owned(),
            Self::SystemVersion => "one to three numbers joined by dots (13.0)".to_owned(),
            Self::BundleId => "a reverse-DNS identifier (com.example.app)".to_owned(),
            Self::Scheme => "a URL scheme: a letter, then letters, digits, '+', '-' or '.'".into(),
            Self::Peers => {
                "peers as [PEERID@]HOST:PORT, separated by commas or spaces, or one line \
                 'key[] = peer' each"
                    .to_owned()
            }
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::List(Split::Commas) => {
                "a list: items separated by commas or spaces, or one line 'key[] = item' each"
                    .to_owned()
            }
            Self::List(Split::Spaces) => {
                "a list: items separated by spaces, or one line 'key[] = item' each".to_owned()
            }
            Self::List(Split::Never) => "a list: one line 'key[] = item' for each item".to_owned(),
        }
    }
}
