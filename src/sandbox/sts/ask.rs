//! Reading a request of STS by its service model.
//!
//! Invariant: all that is wrong with the members is told at once (`ValidationError`), as AWS does.

use http::StatusCode;

use crate::sandbox::{Fault, Params, constraint};

/// A refusal of a request's form or values.
pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "ValidationError", message)
}

/// The model's pattern as it is spelled in messages, and what passes it.
type Pattern = (&'static str, fn(char) -> bool);

/// What the model says of a text.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub(super) spoken: &'static str,
    pub(super) least: usize,
    pub(super) most: usize,
    /// The model's pattern, and what passes it.
    pub(super) pattern: Option<Pattern>,
}

/// The members of one request, and what is wrong with them.
pub(super) struct Ask<'a> {
    form: &'a Params,
    wrong: Vec<String>,
}

impl<'a> Ask<'a> {
    pub(super) fn new(form: &'a Params) -> Self {
        Self {
            form,
            wrong: Vec::new(),
        }
    }

    fn complain(&mut self, value: &str, spoken: &str, rule: &str) {
        self.wrong.push(constraint::broken(spoken, value, rule));
    }

    /// A text that may be absent.
    pub(super) fn text(&mut self, name: &str, model: Text) -> Option<&'a str> {
        let value = self.form.get(name)?;
        self.check(value, model.spoken, model);
        Some(value)
    }

    /// A text that has to be there.
    pub(super) fn required(&mut self, name: &str, model: Text) -> &'a str {
        if !self.form.has(name) {
            self.wrong.push(constraint::absent(model.spoken));
        }
        self.text(name, model).unwrap_or_default()
    }

    fn check(&mut self, value: &str, spoken: &str, model: Text) {
        if let Some((pattern, passes)) = model.pattern
            && !value.chars().all(passes)
        {
            self.complain(value, spoken, &format!("satisfy regular expression pattern: {pattern}"));
        }
        let length = value.chars().count();
        if length < model.least {
            let rule = format!("have length greater than or equal to {}", model.least);
            self.complain(value, spoken, &rule);
        }
        if length > model.most {
            let rule = format!("have length less than or equal to {}", model.most);
            self.complain(value, spoken, &rule);
        }
    }

    /// A whole number within bounds.
    ///
    /// # Errors
    /// `MalformedInput` when it is no number.
    pub(super) fn number(&mut self, name: &str, spoken: &str, least: i64, most: i64) -> Result<Option<i64>, Fault> {
        let Some(text) = self.form.get(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let number: i64 = text.parse().map_err(|_| {
            let message = format!("For input string: \"{text}\"");
            Fault::new(StatusCode::BAD_REQUEST, "MalformedInput", message)
        })?;
        if number < least {
            self.complain(text, spoken, &format!("have value greater than or equal to {least}"));
        }
        if number > most {
            self.complain(text, spoken, &format!("have value less than or equal to {most}"));
        }
        Ok(Some(number))
    }

    /// The texts of a list, `NAME.member.1` and on; `after` names the member within each, such as `.arn`.
    pub(super) fn list(&mut self, name: &str, after: &str, model: Text, most: usize) -> Vec<&'a str> {
        let form = self.form;
        let listed = (1..).map_while(|nth| form.get(&format!("{name}.member.{nth}{after}")));
        let listed: Vec<&str> = listed.collect();
        for (nth, value) in (1..).zip(&listed) {
            self.check(value, &format!("{}.{nth}.member{after}", model.spoken), model);
        }
        if listed.len() > most {
            let told = format!("[{}]", listed.join(", "));
            self.complain(
                &told,
                model.spoken,
                &format!("have length less than or equal to {most}"),
            );
        }
        listed
    }

    /// All that was wrong, as one refusal.
    pub(super) fn finish(self) -> Result<(), Fault> {
        constraint::told(&self.wrong).map_or(Ok(()), |message| Err(invalid(message)))
    }
}

pub(super) const ROLE_ARN: Text = Text {
    spoken: "roleArn",
    least: 20,
    most: 2048,
    pattern: None,
};
pub(super) const SESSION_NAME: Text = Text {
    spoken: "roleSessionName",
    least: 2,
    most: 64,
    pattern: Some((r"[\w+=,.@-]*", is_name)),
};
pub(super) const EXTERNAL_ID: Text = Text {
    spoken: "externalId",
    least: 2,
    most: 1224,
    pattern: Some((r"[\w+=,.@:\/-]*", |c| is_name(c) || ":/".contains(c))),
};
pub(super) const SOURCE_IDENTITY: Text = Text {
    spoken: "sourceIdentity",
    least: 2,
    most: 64,
    pattern: Some((r"[\w+=,.@-]*", is_name)),
};
pub(super) const POLICY: Text = Text {
    spoken: "policy",
    least: 1,
    most: 2048,
    pattern: Some((r"[\u0009\u000A\u000D\u0020-\u00FF]+", |c| {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')
    })),
};
pub(super) const POLICY_ARN: Text = Text {
    spoken: "policyArns",
    least: 20,
    most: 2048,
    pattern: None,
};
pub(super) const SERIAL: Text = Text {
    spoken: "serialNumber",
    least: 9,
    most: 256,
    pattern: Some((r"[\w+=/:,.@-]*", |c| is_name(c) || "/:".contains(c))),
};
pub(super) const TOKEN_CODE: Text = Text {
    spoken: "tokenCode",
    least: 6,
    most: 6,
    pattern: Some((r"[\d]*", |c| c.is_ascii_digit())),
};
pub(super) const FEDERATED_NAME: Text = Text {
    spoken: "name",
    least: 2,
    most: 32,
    pattern: Some((r"[\w+=,.@-]*", is_name)),
};
pub(super) const ACCESS_KEY: Text = Text {
    spoken: "accessKeyId",
    least: 16,
    most: 128,
    pattern: Some((r"[\w]*", |c| c.is_ascii_alphanumeric() || c == '_')),
};
pub(super) const WEB_TOKEN: Text = Text {
    spoken: "webIdentityToken",
    least: 4,
    most: 20_000,
    pattern: None,
};
pub(super) const MESSAGE: Text = Text {
    spoken: "encodedMessage",
    least: 1,
    most: 10_240,
    pattern: None,
};
pub(super) const TAG_KEY: Text = Text {
    spoken: "tags",
    least: 1,
    most: 128,
    pattern: Some((r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", is_tag)),
};
pub(super) const TAG_VALUE: Text = Text {
    spoken: "tags",
    least: 0,
    most: 256,
    pattern: Some((r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", is_tag)),
};
pub(super) const TRANSITIVE: Text = Text {
    spoken: "transitiveTagKeys",
    ..TAG_KEY
};

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

fn is_tag(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}
