//! The journal: one JSON line for each call that may have changed something.
//!
//! Invariant: no secret and no document is in it; a line is written before the next call is made.

use std::cell::RefCell;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::engine::{Event, Watch};
use crate::plan::Header;

use super::failure::Failure;

/// A journal open for writing.
pub(crate) struct Journal {
    file: RefCell<File>,
}

impl Journal {
    /// Opens or makes the file, readable by its owner only, and writes a line that begins this run.
    pub(crate) fn open(path: &Path, header: &Header) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(format!("the journal {} can't be written: {error}", path.display()))
                .hint("name another one with --journal")
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut options = File::options();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let journal = Self {
            file: RefCell::new(options.open(path).map_err(failed)?),
        };
        journal.write(&json!({ "time": now(), "event": "begin", "plan": header }));
        Ok(journal)
    }

    /// A journal that can't be written any more must not stop a run that is under way.
    fn write(&self, line: &serde_json::Value) {
        let _ = writeln!(self.file.borrow_mut(), "{line}");
    }
}

fn now() -> String {
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()
}

impl Watch for Journal {
    fn tell(&self, event: &Event<'_>) {
        let Event::Attempted { step, attempt, result } = event else {
            return;
        };
        let mut line = json!({
            "time": now(),
            "event": "call",
            "address": step.address,
            "call": step.call,
            "summary": step.summary,
            "attempt": attempt,
        });
        match result {
            Ok(receipt) => {
                line["result"] = if receipt.already {
                    json!("already")
                } else {
                    json!("done")
                };
                line["request"] = json!(receipt.request_id);
            }
            Err(error) => {
                line["result"] = json!("failed");
                line["code"] = json!(error.code);
                line["message"] = json!(error.message);
                line["request"] = json!(error.request_id);
            }
        }
        self.write(&line);
    }
}
