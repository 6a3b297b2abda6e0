//! The secret by which a window's document proves that it is the app's.

use std::collections::BTreeMap;

/// The tokens of every window.
///
/// A load gets a token when it starts, which becomes the only valid one when the new
/// document replaces the old; until then, both are.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    windows: BTreeMap<u32, Tokens>,
}

#[derive(Debug, Default)]
struct Tokens {
    current: Option<String>,
    next: Option<String>,
}

impl Sessions {
    /// Draws the token of a load that has just started.
    pub(crate) fn begin(&mut self, window: u32) -> String {
        let token = hex::encode(rand::random::<[u8; 16]>());
        self.windows.entry(window).or_default().next = Some(token.clone());
        token
    }

    /// The load's document is in place; `is_app` tells whether it is the app's.
    pub(crate) fn commit(&mut self, window: u32, is_app: bool) {
        let tokens = self.windows.entry(window).or_default();
        let next = tokens.next.take();
        tokens.current = next.filter(|_| is_app);
    }

    /// The window is gone.
    pub(crate) fn end(&mut self, window: u32) {
        self.windows.remove(&window);
    }

    /// The token that a module of the window's newest document may learn.
    pub(crate) fn token(&self, window: u32) -> Option<&str> {
        self.windows.get(&window)?.current.as_deref()
    }

    /// Whether a document of this window may hold this token.
    pub(crate) fn is_valid(&self, window: u32, token: &str) -> bool {
        self.windows.get(&window).is_some_and(|tokens| {
            [&tokens.current, &tokens.next]
                .into_iter()
                .flatten()
                .any(|known| known == token)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_as_long_as_its_document() {
        let mut sessions = Sessions::default();
        let first = sessions.begin(0);
        assert!(sessions.is_valid(0, &first));
        sessions.commit(0, true);
        assert_eq!(sessions.token(0), Some(first.as_str()));
        let second = sessions.begin(0);
        assert!(sessions.is_valid(0, &first) && sessions.is_valid(0, &second));
        sessions.commit(0, true);
        assert!(!sessions.is_valid(0, &first) && sessions.is_valid(0, &second));
        assert!(!sessions.is_valid(1, &second));
        assert_eq!(second.len(), 32);
    }

    #[test]
    fn a_foreign_document_has_no_token() {
        let mut sessions = Sessions::default();
        let token = sessions.begin(0);
        sessions.commit(0, false);
        assert!(!sessions.is_valid(0, &token));
        assert_eq!(sessions.token(0), None);
        sessions.end(0);
        assert_eq!(sessions.token(0), None);
    }
}
