//! The credential report.
//!
//! Invariant: it shows the account as it was when the report was asked for, and lasts four hours.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::super::identity::Uses;
use super::super::spread::Delay;
use super::super::{Due, Fault, Moment, World, Xml};
use super::user::User;
use super::{Done, State};

/// A report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Report {
    generated: Moment,
    content: String,
    /// From when on it can be fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ready: Option<Due>,
}

/// The one key of the table that the report is kept in.
const REPORT: &str = "credential-report";
const LIFETIME_SECONDS: i64 = 4 * 3600;

/// The columns, as the IAM User Guide lists them.
const COLUMNS: [&str; 22] = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
];

/// Times stand in the report with their offset from UTC.
fn time(moment: Moment) -> String {
    moment.seconds().replace('Z', "+00:00")
}

fn nothing() -> String {
    "N/A".to_owned()
}

fn root(account: &str) -> Vec<String> {
    let arn = format!("arn:aws:iam::{account}:root");
    let cells = [
        "<root_account>",
        &arn,
        "2020-01-01T00:00:00+00:00",
        "not_supported",
        "no_information",
        "not_supported",
        "not_supported",
        "true",
    ];
    let key = ["false", "N/A", "N/A", "N/A", "N/A"];
    let certificate = ["false", "N/A"];
    let all = cells
        .iter()
        .chain(&key)
        .chain(&key)
        .chain(&certificate)
        .chain(&certificate);
    all.map(|cell| (*cell).to_owned()).collect()
}

impl State {
    fn report_row(&self, user: &User, uses: &Uses) -> Vec<String> {
        let mut row = vec![
            user.name.as_str().to_owned(),
            user.arn(&self.account),
            time(user.created),
        ];
        row.extend(self.password_cells(user));
        row.push(self.devices_of(&user.id).next().is_some().to_string());
        let mut keys: Vec<_> = self.keys_of(&user.name).collect();
        keys.sort_by_key(|key| key.nth());
        for nth in 0..2 {
            match keys.get(nth) {
                Some(key) => row.extend(key.cells(uses)),
                None => row.extend(["false", "N/A", "N/A", "N/A", "N/A"].map(str::to_owned)),
            }
        }
        for nth in 0..2 {
            match user.certificates.get(nth) {
                Some(found) => row.extend([(found.status == "Active").to_string(), time(found.uploaded)]),
                None => row.extend(["false".to_owned(), nothing()]),
            }
        }
        row
    }

    fn password_cells(&self, user: &User) -> [String; 4] {
        let Some(login) = &user.login else {
            return ["false".to_owned(), nothing(), nothing(), nothing()];
        };
        let age = self.password_rule().and_then(super::login::PasswordRule::max_age_days);
        let seconds = age.map(|days| i64::from(days).saturating_mul(86400));
        let next = seconds.map_or_else(nothing, |seconds| time(login.set().plus_seconds(seconds)));
        ["true".to_owned(), "no_information".to_owned(), time(login.set()), next]
    }
}

fn find(world: &World) -> Option<&Report> {
    let kept = world.iam.report.get(&REPORT.to_owned())?;
    let is_fresh = kept.generated.plus_seconds(LIFETIME_SECONDS) > world.clock.now();
    is_fresh.then_some(kept)
}

pub(super) fn generate(world: &mut World) -> Done {
    let mut xml = Xml::new();
    if let Some(report) = find(world) {
        let is_ready = world.has_spread(report.ready);
        xml.text("State", if is_ready { "COMPLETE" } else { "INPROGRESS" });
        return Ok(Some(xml));
    }
    let users = world
        .iam
        .users
        .values()
        .map(|user| world.iam.report_row(user, &world.uses));
    let rows = std::iter::once(root(&world.account)).chain(users);
    let lines: Vec<String> = rows.map(|row| row.join(",")).collect();
    let report = Report {
        generated: world.clock.now(),
        content: format!("{}\n{}", COLUMNS.join(","), lines.join("\n")),
        ready: world.spread(Delay::Report),
    };
    world.iam.report.insert(REPORT.to_owned(), report);
    xml.text("State", "STARTED")
        .text("Description", "No report exists. Starting a new report generation task");
    Ok(Some(xml))
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Fault {
    Fault::new(status, code, message)
}

/// AWS sends no words with the first of these codes; those of the others are not confirmed.
pub(super) fn get(world: &World) -> Done {
    if world.iam.report.is_empty() {
        return Err(refusal(StatusCode::GONE, "ReportNotPresent", ""));
    }
    let Some(report) = find(world) else {
        let message = "The credential report has expired. Generate a new one.";
        return Err(refusal(StatusCode::GONE, "ReportExpired", message));
    };
    if !world.has_spread(report.ready) {
        let message = "The credential report is still being generated.";
        return Err(refusal(StatusCode::NOT_FOUND, "ReportInProgress", message));
    }
    let mut xml = Xml::new();
    xml.text("Content", BASE64.encode(&report.content))
        .text("ReportFormat", "text/csv")
        .text("GeneratedTime", report.generated.seconds());
    Ok(Some(xml))
}
