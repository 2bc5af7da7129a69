//! What the readers of rules share: the rules of a bus, page by page instead of one by one.
//!
//! Invariant: "not in the list" is never taken for "does not exist"; that is asked for by name.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use aws_sdk_eventbridge::types as sdk;
use tokio::sync::OnceCell;

use crate::names::{EventBusName, Region};

use super::{Intent, Service, View};

/// Below this many declared rules each is asked for by itself.
const FEW: usize = 4;

type Listed = Rc<OnceCell<BTreeMap<String, sdk::Rule>>>;

/// What EventBridge readers share in one reading session.
#[derive(Debug, Default)]
pub struct EventsView {
    wanted: RefCell<BTreeMap<(Region, EventBusName), usize>>,
    rules: RefCell<BTreeMap<(Region, EventBusName), Listed>>,
}

impl EventsView {
    /// Tells that a rule of this bus will be asked for.
    pub fn expect(&self, region: &Region, bus: &EventBusName) {
        let mut wanted = self.wanted.borrow_mut();
        *wanted.entry((region.clone(), bus.clone())).or_default() += 1;
    }

    /// A rule as the list of its bus shows it; nothing where it has to be asked for by name.
    pub async fn rule(&self, view: &View<'_>, region: &Region, bus: &EventBusName, name: &str) -> Option<sdk::Rule> {
        let place = (region.clone(), bus.clone());
        if self.wanted.borrow().get(&place).copied().unwrap_or_default() < FEW {
            return None;
        }
        let rules = Rc::clone(self.rules.borrow_mut().entry(place).or_default());
        let rules = rules.get_or_init(|| listed(view, region, bus)).await;
        rules.get(name).cloned()
    }
}

/// A list that breaks off is a list of fewer: what is missing is asked for by name.
async fn listed(view: &View<'_>, region: &Region, bus: &EventBusName) -> BTreeMap<String, sdk::Rule> {
    let client = view.aws.events(region, Intent::Read);
    let (mut rules, mut next) = (BTreeMap::new(), None);
    loop {
        let _slot = view.aws.read_slot(Service::Events).await;
        let request = client.list_rules().event_bus_name(bus.as_str()).limit(100);
        let Ok(page) = request.set_next_token(next).send().await else {
            return rules;
        };
        let named = page.rules.unwrap_or_default().into_iter();
        rules.extend(named.filter_map(|rule| Some((rule.name()?.to_owned(), rule))));
        next = page.next_token;
        if next.is_none() {
            return rules;
        }
    }
}
