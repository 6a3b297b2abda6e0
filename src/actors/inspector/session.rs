//! What one viewer may say, and what that means. Pure: a line goes in, a [`Wanted`] comes out.
//!
//! The first line must bring the token. A session can look; it can change something only
//! if the app was started so and the viewer asked for it in its first line.
//!
//! Invariant: of a session that may only look, no line makes a [`Wanted::Intervene`]; it is
//! refused before anything of it but its name has been looked at.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};

use super::token::Token;
use crate::messages::inspector::{Control, Hello, Intervene, Look, Request, ViewerId, Welcome};

/// What viewers of one app may do at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Look.
    #[default]
    ReadOnly,
    /// Pause, change and kill actors, too.
    Control,
}

/// One viewer's session.
pub struct Session {
    door: Arc<Door>,
    stage: Stage,
}

/// What all sessions of one app share.
pub struct Door {
    token: Token,
    access: Access,
    viewer_count: AtomicU32,
}

#[derive(Clone, Copy)]
enum Stage {
    /// Nobody said who it is.
    New,
    Looking,
    Controlling(ViewerId),
}

/// What a line asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// This answer, and nothing else.
    Answer(Value),
    /// This answer, and the end of the session.
    Leave(Value),
    /// A look at something.
    Look(Look),
    /// A change of something.
    Intervene(Intervene),
}

impl Door {
    /// A door that opens to whoever knows `token`.
    #[must_use]
    pub fn new(token: Token, access: Access) -> Self {
        Self {
            token,
            access,
            viewer_count: AtomicU32::new(0),
        }
    }
}

impl Session {
    /// A session of somebody who has said nothing yet.
    #[must_use]
    pub fn new(door: Arc<Door>) -> Self {
        Self {
            door,
            stage: Stage::New,
        }
    }

    /// Whether the viewer brought the token.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::New)
    }

    /// Takes one line in.
    pub fn take(&mut self, line: &[u8]) -> Wanted {
        let line = serde_json::from_slice::<Value>(line).unwrap_or_default();
        match self.stage {
            Stage::New => self.greet(&line),
            Stage::Looking if is_control(&line) => Wanted::Answer(error(READ_ONLY)),
            Stage::Controlling(viewer) if is_control(&line) => order(line, viewer),
            Stage::Looking | Stage::Controlling(_) => request(line),
        }
    }

    fn greet(&mut self, line: &Value) -> Wanted {
        let hello = line.get("hello").cloned().map(serde_json::from_value);
        let Some(Ok(Hello { token, control, .. })) = hello else {
            return Wanted::Leave(error(HELLO_FIRST));
        };
        if !self.door.token.is(&token) {
            return Wanted::Leave(error("wrong token"));
        }
        let viewer = ViewerId(1 + self.door.viewer_count.fetch_add(1, Ordering::Relaxed));
        let control = control && self.door.access == Access::Control;
        self.stage = if control {
            Stage::Controlling(viewer)
        } else {
            Stage::Looking
        };
        Wanted::Answer(json!({ "hello": Welcome { viewer, control } }))
    }
}

fn name(line: &Value) -> Option<&str> {
    line.get("request")?.as_str()
}

fn is_control(line: &Value) -> bool {
    name(line) == Some("control")
}

fn request(line: Value) -> Wanted {
    let Some(name) = name(&line).map(str::to_owned) else {
        return Wanted::Answer(error(NO_REQUEST));
    };
    match serde_json::from_value::<Request>(line) {
        Ok(request) => Wanted::Look(Look(request)),
        Err(_) if !REQUESTS.contains(&name.as_str()) => {
            Wanted::Answer(error(&format!("unknown request '{name}'")))
        }
        Err(problem) => Wanted::Answer(error(&format!("{name}: {problem}"))),
    }
}

fn order(mut line: Value, viewer: ViewerId) -> Wanted {
    if let Some(fields) = line.as_object_mut() {
        fields.shift_remove("request");
    }
    match serde_json::from_value::<Control>(line) {
        Ok(control) => Wanted::Intervene(Intervene { viewer, control }),
        Err(problem) => Wanted::Answer(error(&format!("control: {problem}"))),
    }
}

/// The line that says no.
pub(super) fn error(text: &str) -> Value {
    json!({ "error": text })
}

/// What a session is told that may only look.
const READ_ONLY: &str = "read-only";
const HELLO_FIRST: &str = "the first line must be {\"hello\":{\"token\":…}}, with the token in the file beside the socket";
const NO_REQUEST: &str = "a line must be an object such as {\"request\":\"snapshot\"}";
/// Every request that a session which may only look can make.
const REQUESTS: [&str; 7] = [
    "snapshot",
    "actor",
    "state",
    "lease",
    "dead_letters",
    "findings",
    "trace",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::inspector::{Action, Break};

    fn open(access: Access, asks: bool) -> Session {
        let token = Token::unwritten();
        let hello = json!({ "hello": { "token": token.digits(), "control": asks } });
        let mut session = Session::new(Arc::new(Door::new(token, access)));
        let answer = session.take(hello.to_string().as_bytes());
        let may = access == Access::Control && asks;
        let welcome = json!({ "hello": { "viewer": 1, "control": may } });
        assert_eq!(answer, Wanted::Answer(welcome));
        session
    }

    #[track_caller]
    fn check(session: &mut Session, line: &str, expected: Wanted) {
        assert_eq!(session.take(line.as_bytes()), expected, "{line}");
    }

    fn says(text: &str) -> Wanted {
        Wanted::Answer(json!({ "error": text }))
    }

    #[test]
    fn nobody_gets_in_without_the_token() {
        for line in [
            "",
            "hello",
            "{\"request\":\"snapshot\"}",
            "{\"hello\":{}}",
            "{\"hello\":{\"token\":7}}",
            "{\"hello\":{\"token\":\"\"}}",
            "{\"hello\":{\"token\":\"0000\",\"control\":true}}",
        ] {
            let door = Door::new(Token::unwritten(), Access::Control);
            let mut session = Session::new(Arc::new(door));
            let wanted = session.take(line.as_bytes());
            assert!(matches!(wanted, Wanted::Leave(_)), "{line}: {wanted:?}");
            assert!(!session.is_open());
        }
    }

    #[test]
    fn whoever_may_only_look_is_told_so_before_anything_else() {
        for (access, asks) in [
            (Access::ReadOnly, true),
            (Access::Control, false),
            (Access::ReadOnly, false),
        ] {
            let mut session = open(access, asks);
            for line in [
                "{\"request\":\"control\"}",
                "{\"request\":\"control\",\"actor\":7}",
                "{\"request\":\"control\",\"actor\":\"files\",\"action\":\"kill\"}",
            ] {
                check(&mut session, line, says("read-only"));
            }
        }
    }

    #[test]
    fn whoever_may_control_gives_orders() {
        let mut session = open(Access::Control, true);
        let order = |action| {
            Wanted::Intervene(Intervene {
                viewer: ViewerId(1),
                control: Control {
                    actor: "files".to_owned(),
                    action,
                },
            })
        };
        let line = |action: &str| {
            format!("{{\"request\":\"control\",\"actor\":\"files\",\"action\":{action}}}")
        };
        check(&mut session, &line("\"pause\""), order(Action::Pause));
        check(&mut session, &line("{\"step\":3}"), order(Action::Step(3)));
        check(
            &mut session,
            &line("{\"break\":{\"message\":\"ReadFile\"}}"),
            order(Action::Break(Break::on("ReadFile"))),
        );
        let wanted = session.take(line("\"dance\"").as_bytes());
        assert!(matches!(wanted, Wanted::Answer(_)), "{wanted:?}");
    }

    #[test]
    fn requests_are_told_apart_from_nonsense() {
        let mut session = open(Access::ReadOnly, false);
        let look = |request| Wanted::Look(Look(request));
        check(
            &mut session,
            "{\"request\":\"snapshot\"}",
            look(Request::Snapshot { top: None }),
        );
        check(
            &mut session,
            "{\"request\":\"trace\",\"since_us\":5}",
            look(Request::Trace { since_us: 5 }),
        );
        check(
            &mut session,
            "{\"request\":\"dance\"}",
            says("unknown request 'dance'"),
        );
        check(&mut session, "[1]", says(NO_REQUEST));
        check(&mut session, "{\"request\":7}", says(NO_REQUEST));
    }
}
