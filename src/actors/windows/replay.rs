//! What the windows actor and the actor of one window are made of, so that their recordings can
//! be run again.
//!
//! The host, which drives the real windows, is an outlet of both: its orders and answers are
//! recorded. A replayed windows actor starts window actors as it did, and they never run: what it
//! sends them is compared, and what they did is in recordings of their own.

use super::{Directory, PageEnds, Window, Windows};
use crate::{
    actors::{
        kit::{Outlets, Readable, Recordable, hash_of_shown},
        supervisor::Children,
    },
    messages::{
        files::FileChanged,
        host::WindowFact,
        windows::{
            ActOnWindow, CloseClient, DescribeScreen, ExitApp, ListWindows, OpenClient, OpenWindow,
            PollDue, RaiseEvent, TakeEvents,
        },
    },
};

impl Recordable for Windows {
    type Setup = ();

    fn setup(&self) -> Option<()> {
        Some(())
    }

    fn revive((): (), outlets: &Outlets) -> Box<dyn FnMut() -> Self> {
        let (host, terminal) = (outlets.recipient(), outlets.recipient());
        let pages = PageEnds {
            files: outlets.recipient(),
            network: outlets.recipient(),
        };
        let above = (outlets.recipient(), Children::default());
        let open = Directory::default();
        Box::new(move || {
            let (host, terminal) = (host.clone(), terminal.clone());
            Self::new(host, pages.clone(), terminal, above.clone(), open.clone())
        })
    }

    fn state_hash(&self) -> u64 {
        hash_of_shown(&self.open.indices())
    }

    fn readables() -> Vec<Readable<Self>> {
        vec![
            Readable::of::<ActOnWindow>(),
            Readable::of::<CloseClient>(),
            Readable::of::<DescribeScreen>(),
            Readable::of::<ExitApp>(),
            Readable::of::<FileChanged>(),
            Readable::of::<ListWindows>(),
            Readable::of::<OpenClient>(),
            Readable::of::<OpenWindow>(),
            Readable::of::<RaiseEvent>(),
            Readable::of::<TakeEvents>(),
            Readable::of::<WindowFact>(),
        ]
    }
}

impl Recordable for Window {
    /// Its index.
    type Setup = u32;

    fn setup(&self) -> Option<u32> {
        Some(self.index)
    }

    fn revive(index: u32, outlets: &Outlets) -> Box<dyn FnMut() -> Self> {
        let host = outlets.recipient();
        Box::new(move || Self::new(index, host.clone()))
    }

    fn state_hash(&self) -> u64 {
        hash_of_shown(&self.events)
    }

    fn readables() -> Vec<Readable<Self>> {
        vec![
            Readable::of::<ActOnWindow>(),
            Readable::of::<CloseClient>(),
            Readable::of::<OpenClient>(),
            Readable::of::<PollDue>(),
            Readable::of::<RaiseEvent>(),
            Readable::of::<TakeEvents>(),
            Readable::of::<WindowFact>(),
        ]
    }
}
