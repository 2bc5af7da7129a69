//! Progress: a live view on a terminal, plain lines elsewhere.
//!
//! Invariant: on standard error only; what a line says is true when it is printed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use crate::address::Address;
use crate::engine::apply::End;
use crate::engine::{Event, Watch};
use crate::plan::Step;

/// Tells two.
pub(crate) struct Both<'a>(pub(crate) &'a dyn Watch, pub(crate) &'a dyn Watch);

impl Watch for Both<'_> {
    fn tell(&self, event: &Event<'_>) {
        self.0.tell(event);
        self.1.tell(event);
    }
}

/// The view.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    total: usize,
    done: Cell<usize>,
    /// What each running step is at, or waits for.
    running: RefCell<BTreeMap<usize, String>>,
    /// Of what it has been said that AWS does not show it yet.
    told: RefCell<BTreeSet<Address>>,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total as u64);
            let style = ProgressStyle::with_template("{spinner} {pos}/{len} {elapsed} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(std::time::Duration::from_millis(120));
            bar
        });
        Self {
            bar,
            total,
            done: Cell::new(0),
            running: RefCell::default(),
            told: RefCell::default(),
        }
    }

    /// Clears the live view.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn show(&self) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.done.get() as u64);
            bar.set_message(self.running.borrow().values().cloned().collect::<Vec<_>>().join(" · "));
        }
    }

    #[expect(clippy::print_stderr, reason = "this is what progress is: lines on standard error")]
    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => eprintln!("{line}"),
        }
    }

    fn finished(&self, step: &Step, end: &End) {
        self.running.borrow_mut().remove(&step.id);
        self.done.set(self.done.get() + 1);
        let count = format!("[{}/{}]", self.done.get(), self.total);
        match end {
            End::Done(receipt) if receipt.already => {
                self.say(&format!("{count} {}: {} (was so already)", step.address, step.summary))
            }
            End::Done(_) => self.say(&format!("{count} {}: {}", step.address, step.summary)),
            End::Failed(error) => self.say(&format!("{count} {}: {} FAILED: {error}", step.address, step.summary)),
            End::Held(_) | End::Stopped => self.say(&format!("{count} {}: {} not tried", step.address, step.summary)),
        }
    }

    /// A change that AWS does not show yet, although each of its calls has succeeded.
    pub(crate) fn reading_back(&self, address: &Address) {
        let text = format!("{address}: waiting for AWS to show what was written");
        if self.bar.is_none() && self.told.borrow_mut().insert(address.clone()) {
            self.say(&format!("        {text}"));
        }
        if let Some(bar) = &self.bar {
            bar.set_message(text);
        }
    }

    /// Waiting is said once for each reason, not with every try.
    fn waiting(&self, step: &Step, what: &str) {
        let text = format!("{}: waiting for {what}", step.address);
        let before = self.running.borrow_mut().insert(step.id, text.clone());
        if self.bar.is_none() && before.as_ref() != Some(&text) {
            self.say(&format!("        {text}"));
        }
    }
}

impl Watch for Progress {
    fn tell(&self, event: &Event<'_>) {
        match event {
            Event::Started(step) => {
                self.running
                    .borrow_mut()
                    .insert(step.id, format!("{}: {}", step.address, step.summary));
            }
            Event::Calling { .. } | Event::Attempted { .. } => {}
            Event::Waiting { step, what } => self.waiting(step, what),
            Event::Finished { step, end } => self.finished(step, end),
        }
        self.show();
    }
}
