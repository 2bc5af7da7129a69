//! From the model to version 1 of the format.
//!
//! Invariant: every part of the model is taken apart whole, so that what is added to it must be decided on here.

mod access;

use crate::drift::Standing;
use crate::fields::{FieldPath, Shown};
use crate::kind;
use crate::plan;
use crate::policy_doc::{self, PartChange};
use crate::report as model;
use crate::spec::finding;
use crate::spec::source;

use super::v1;

/// The version of the format.
const VERSION: u32 = 1;

impl From<&model::Report> for v1::Report {
    fn from(report: &model::Report) -> Self {
        let model::Report {
            command,
            context,
            findings,
            failure,
            header,
            things,
            refusals,
            unlisted,
            steps,
            access,
            notes,
            members,
            verdict,
        } = report;
        let model::Context {
            environment,
            account,
            region,
            identity,
            digest,
            bases,
            compared,
            consents,
        } = context.clone();
        let counts = report.counts().into_iter();
        Self {
            evenkeel: VERSION,
            report: (*command).into(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            environment,
            account,
            region,
            identity,
            digest,
            bases,
            compared,
            consents,
            verdict: v1::Verdict {
                exit: verdict.exit,
                word: verdict.word.into(),
                summary: report.summary(),
            },
            counts: counts
                .map(|(status, count)| (status.word().to_owned(), count))
                .collect(),
            findings: all(findings),
            failure: failure.as_ref().map(|failure| v1::Failure {
                message: failure.message.clone(),
                hints: failure.hints.clone(),
            }),
            header: all(header),
            refusals: all(refusals),
            things: all(things),
            unlisted: unlisted
                .iter()
                .map(|(kind, reason)| v1::Unlisted {
                    kind: kind.to_string(),
                    reason: reason.clone(),
                })
                .collect(),
            steps: all(steps),
            access: (!access.is_empty()).then(|| v1::AccessChange::from(access)),
            notes: notes.clone(),
            members: all(members),
        }
    }
}

fn all<'a, M, V: From<&'a M>>(of: &'a [M]) -> Vec<V> {
    of.iter().map(V::from).collect()
}

impl From<model::Command> for v1::Command {
    fn from(command: model::Command) -> Self {
        match command {
            model::Command::Check => Self::Check,
            model::Command::Plan => Self::Plan,
            model::Command::Apply => Self::Apply,
            model::Command::Drift => Self::Drift,
            model::Command::Diff => Self::Diff,
            model::Command::Fleet => Self::Fleet,
        }
    }
}

impl From<model::Word> for v1::Word {
    fn from(word: model::Word) -> Self {
        match word {
            model::Word::Clean => Self::Clean,
            model::Word::Done => Self::Done,
            model::Word::Changes => Self::Changes,
            model::Word::Incomplete => Self::Incomplete,
            model::Word::Refused => Self::Refused,
            model::Word::Error => Self::Error,
            model::Word::Interrupted => Self::Interrupted,
        }
    }
}

impl From<&model::Finding> for v1::Finding {
    fn from(finding: &model::Finding) -> Self {
        let model::Finding {
            region,
            severity,
            code,
            message,
            label,
            help,
            related,
        } = finding;
        let related = related.iter().map(|(region, label)| v1::Related {
            place: region.into(),
            label: label.clone(),
        });
        Self {
            code: (*code).to_owned(),
            severity: match severity {
                finding::Severity::Error => v1::Severity::Error,
                finding::Severity::Security => v1::Severity::Security,
                finding::Severity::Warning => v1::Severity::Warning,
                finding::Severity::Info => v1::Severity::Info,
            },
            message: message.clone(),
            label: label.clone(),
            help: help.clone(),
            place: region.as_ref().map(v1::Region::from),
            related: related.collect(),
        }
    }
}

impl From<&model::Region> for v1::Region {
    fn from(region: &model::Region) -> Self {
        let model::Region {
            start,
            end_line,
            end_column,
            line: _,
        } = region;
        Self {
            file: start.file.clone(),
            line: start.line,
            column: start.column,
            end_line: *end_line,
            end_column: *end_column,
        }
    }
}

impl From<&source::Place> for v1::Place {
    fn from(place: &source::Place) -> Self {
        let source::Place { file, line, column } = place;
        Self {
            file: file.clone(),
            line: *line,
            column: *column,
        }
    }
}

impl From<&model::HeaderChange> for v1::HeaderChange {
    fn from(change: &model::HeaderChange) -> Self {
        let model::HeaderChange { key, before, after } = change;
        Self {
            key: (*key).to_owned(),
            before: before.clone(),
            after: after.clone(),
        }
    }
}

impl From<&plan::Refusal> for v1::Refusal {
    fn from(refusal: &plan::Refusal) -> Self {
        let plan::Refusal {
            guard,
            address,
            message,
            place,
            hint,
        } = refusal;
        Self {
            guard: (*guard).to_owned(),
            address: address.as_ref().map(ToString::to_string),
            message: message.clone(),
            hint: hint.clone(),
            place: place.as_ref().map(v1::Place::from),
        }
    }
}

impl From<&model::Thing> for v1::Thing {
    fn from(thing: &model::Thing) -> Self {
        let model::Thing {
            address,
            status,
            standing,
            doomed,
            place,
            fields,
            held,
            ignored,
            unmet,
            unknown,
            notes,
            traces,
        } = thing;
        Self {
            address: address.to_string(),
            kind: address.kind.to_string(),
            id: address.name.clone(),
            status: (*status).into(),
            standing: standing.map(v1::Standing::from),
            doomed: doomed.map(v1::Doomed::from),
            place: place.as_ref().map(v1::Place::from),
            fields: all(fields),
            held: all(held),
            ignored: all(ignored),
            unmet: unmet
                .iter()
                .map(|(field, remedy)| v1::Unmet {
                    field: field.into(),
                    remedy: (*remedy).to_owned(),
                })
                .collect(),
            unknown: unknown.iter().map(v1::Unknown::from).collect(),
            notes: notes.clone(),
            traces: all(traces),
        }
    }
}

impl From<Standing> for v1::Standing {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::AsWritten => Self::AsWritten,
            Standing::Differs => Self::Differs,
            Standing::Missing => Self::Missing,
            Standing::Extra => Self::Extra,
            Standing::Unknown => Self::Unknown,
        }
    }
}

impl From<kind::DoomedBy> for v1::Doomed {
    fn from(by: kind::DoomedBy) -> Self {
        match by {
            kind::DoomedBy::Absent => Self::Absent,
            kind::DoomedBy::Dropped => Self::Dropped,
        }
    }
}

impl From<&(FieldPath, String)> for v1::Unknown {
    fn from((path, reason): &(FieldPath, String)) -> Self {
        Self {
            path: path.to_string(),
            reason: reason.clone(),
        }
    }
}

impl From<&model::Trace> for v1::Trace {
    fn from(trace: &model::Trace) -> Self {
        let model::Trace { actor, event, time } = trace;
        Self {
            actor: actor.clone(),
            event: event.clone(),
            time: time.clone(),
        }
    }
}

impl From<model::Status> for v1::Status {
    fn from(status: model::Status) -> Self {
        match status {
            model::Status::Create => Self::Create,
            model::Status::Update => Self::Update,
            model::Status::Replace => Self::Replace,
            model::Status::Delete => Self::Delete,
            model::Status::Adopt => Self::Adopt,
            model::Status::Refuse => Self::Refuse,
            model::Status::Conflict => Self::Conflict,
            model::Status::Drift => Self::Drift,
            model::Status::Difference => Self::Difference,
            model::Status::Pending => Self::Pending,
            model::Status::Unknown => Self::Unknown,
            model::Status::Unmanaged => Self::Unmanaged,
            model::Status::Accepted => Self::Accepted,
            model::Status::Added => Self::Added,
            model::Status::Removed => Self::Removed,
            model::Status::Changed => Self::Changed,
            model::Status::Keep => Self::Keep,
        }
    }
}

impl From<&model::Field> for v1::Field {
    fn from(field: &model::Field) -> Self {
        let model::Field {
            path,
            before,
            after,
            base,
            class,
            place,
        } = field;
        let statements = field.statements();
        Self {
            path: path.to_string(),
            field: path.field.to_owned(),
            key: path.key.clone(),
            before: before.as_ref().map(v1::Value::from),
            after: after.as_ref().map(v1::Value::from),
            base: match base {
                model::Base::Unasked => None,
                model::Base::Nothing => Some(v1::Base { value: None }),
                model::Base::Value(value) => Some(v1::Base {
                    value: Some(value.into()),
                }),
            },
            class: class.map(v1::Class::from),
            place: place.as_ref().map(v1::Place::from),
            statements: statements.map(|statements| all(&statements)),
        }
    }
}

impl From<model::Class> for v1::Class {
    fn from(class: model::Class) -> Self {
        match class {
            model::Class::Difference => Self::Difference,
            model::Class::Pending => Self::Pending,
            model::Class::Drift => Self::Drift,
            model::Class::Conflict => Self::Conflict,
        }
    }
}

impl From<&Shown> for v1::Value {
    fn from(shown: &Shown) -> Self {
        match shown {
            Shown::Text(text) => Self::Text(text.clone()),
            Shown::Policy(policy) => Self::Document(v1::Document {
                document: policy.written().clone(),
            }),
            Shown::Secret => Self::Secret(v1::Secret { secret: true }),
        }
    }
}

impl From<&policy_doc::StatementChange> for v1::Statement {
    fn from(change: &policy_doc::StatementChange) -> Self {
        use policy_doc::StatementChange as Change;
        let bare = |change| Self {
            change,
            label: None,
            summary: None,
            parts: Vec::new(),
        };
        match change {
            Change::Document { parts } => Self {
                parts: all(parts),
                ..bare(v1::StatementChange::Document)
            },
            Change::Added { label, statement } => Self {
                label: Some(label.clone()),
                summary: Some(statement.summary()),
                ..bare(v1::StatementChange::Added)
            },
            Change::Removed { label, statement } => Self {
                label: Some(label.clone()),
                summary: Some(statement.summary()),
                ..bare(v1::StatementChange::Removed)
            },
            Change::Changed { label, parts } => Self {
                label: Some(label.clone()),
                parts: all(parts),
                ..bare(v1::StatementChange::Changed)
            },
            Change::UnreadableBefore { text: _ } => bare(v1::StatementChange::UnreadableBefore),
            Change::UnreadableAfter { text: _ } => bare(v1::StatementChange::UnreadableAfter),
        }
    }
}

impl From<&PartChange> for v1::Part {
    fn from(part: &PartChange) -> Self {
        let PartChange {
            element,
            removed,
            added,
        } = part;
        Self {
            element: element.to_string(),
            removed: removed.clone(),
            added: added.clone(),
        }
    }
}

impl From<&model::Step> for v1::Step {
    fn from(step: &model::Step) -> Self {
        let model::Step {
            id,
            address,
            call,
            summary,
            access,
            loss,
            after,
            place,
            end,
        } = step;
        Self {
            id: *id,
            address: address.to_string(),
            call: (*call).to_owned(),
            summary: summary.clone(),
            access: match access {
                kind::Access::Restricts => v1::Access::Restricts,
                kind::Access::Neutral => v1::Access::Neutral,
                kind::Access::Widens => v1::Access::Widens,
                kind::Access::Either => v1::Access::Either,
            },
            loss: match loss {
                kind::Loss::None => v1::Loss::None,
                kind::Loss::Object => v1::Loss::Object,
                kind::Loss::Link => v1::Loss::Link,
                kind::Loss::Store => v1::Loss::Store,
            },
            after: after.clone(),
            place: place.as_ref().map(v1::Place::from),
            end: end.as_ref().map(v1::End::from),
        }
    }
}

impl From<&model::End> for v1::End {
    fn from(end: &model::End) -> Self {
        let bare = |word| Self {
            word,
            request_id: None,
            code: None,
            message: None,
            held_by: None,
            told: Vec::new(),
        };
        match end.clone() {
            model::End::Done { request_id, told } => Self {
                request_id,
                told,
                ..bare(v1::EndWord::Done)
            },
            model::End::Failed {
                code,
                message,
                request_id,
            } => Self {
                code,
                message: Some(message),
                request_id,
                ..bare(v1::EndWord::Failed)
            },
            model::End::Held(root) => Self {
                held_by: Some(root),
                ..bare(v1::EndWord::Held)
            },
            model::End::Stopped => bare(v1::EndWord::Stopped),
        }
    }
}

impl From<&model::Member> for v1::Member {
    fn from(member: &model::Member) -> Self {
        let model::Member { name, report } = member;
        Self {
            name: name.clone(),
            report: report.into(),
        }
    }
}
