//! What a router is made of, so that its recording can be run again.
//!
//! What it asks the services, and what they answer, is recorded; a replay has nobody behind
//! their addresses. A call that is computed on a job thread has its outcome recorded.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{AppFacts, Router, Services};
use crate::{
    actors::kit::{Outlets, Readable, Recordable, hash_of_shown},
    messages::router::RouteCall,
};

/// What a router is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RouterSetup {
    app: AppFacts,
    /// Whether pages may look into actors.
    has_inspector: bool,
}

impl Recordable for Router {
    type Setup = RouterSetup;

    fn setup(&self) -> Option<RouterSetup> {
        Some(RouterSetup {
            app: (*self.app).clone(),
            has_inspector: self.services.inspector.is_some(),
        })
    }

    fn revive(setup: RouterSetup, outlets: &Outlets) -> Box<dyn FnMut() -> Self> {
        let services = Services {
            files: outlets.addr(),
            process: outlets.addr(),
            network: outlets.addr(),
            system: outlets.addr(),
            terminal: outlets.recipient(),
            windows: outlets.addr(),
            inspector: setup.has_inspector.then(|| outlets.recipient()),
        };
        let app = Arc::new(setup.app);
        Box::new(move || Self::new(services.clone(), app.clone()))
    }

    /// It keeps nothing from one call to the next but those that wait for an answer, which
    /// are the kit's.
    fn state_hash(&self) -> u64 {
        hash_of_shown(&self.app)
    }

    fn readables() -> Vec<Readable<Self>> {
        vec![Readable::of::<RouteCall>()]
    }
}
