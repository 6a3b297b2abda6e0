//! Messages to the supervisor.

use super::{Class, Message};

/// An actor panicked; it stands still, with its queue, until somebody restarts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorPanicked {
    /// The actor's name.
    pub actor: String,
    /// Type of the message that it was handling.
    pub message: String,
    /// What the panic said.
    pub text: String,
}

impl Message for ActorPanicked {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// The back-off of a crashed actor is over (a timer of the supervisor's own).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartDue {
    /// The actor's name.
    pub actor: String,
}

impl Message for RestartDue {
    type Reply = ();
    const CLASS: Class = Class::Control;
}
