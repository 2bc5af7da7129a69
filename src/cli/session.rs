//! From arguments to an environment, and with an account to a plan: what `check`, `plan` and `apply` share.
//!
//! Invariant: mistakes in the files are found before any call to AWS; what AWS could not tell is never filled in.

use crate::kind::Home;
use crate::names::{AccountId, Partition, Region};
use crate::spec::files::{Files, Folder};
use crate::spec::header::{self, Header};
use crate::spec::load::{self, Inputs, Texts};
use crate::spec::lower::Learned;
use crate::spec::resources::{self, Environment};

use super::FileArgs;
use super::failure::Failure;

/// The region of a file and a configuration that name none.
pub(crate) const USUAL_REGION: &str = "us-east-1";

/// The files of a run, read and united.
pub(crate) struct Loaded {
    files: Box<dyn Files>,
    arguments: Vec<String>,
    vars: Vec<(String, String)>,
    vars_files: Vec<String>,
    pub(crate) texts: Texts,
    pub(crate) header: Option<Header>,
}

impl Loaded {
    /// Reads everything that the arguments name, below the current folder.
    pub(crate) fn read(args: &FileArgs) -> Result<Self, Failure> {
        Self::read_from(args, Box::new(Folder::new(".")))
    }

    /// Reads everything that the arguments name, wherever it lies.
    pub(crate) fn read_from(args: &FileArgs, files: Box<dyn Files>) -> Result<Self, Failure> {
        let vars = args
            .vars
            .iter()
            .map(|var| split_var(var))
            .collect::<Result<Vec<_>, _>>()?;
        let mut loaded = Self {
            files,
            arguments: args.files.clone(),
            vars,
            vars_files: args.vars_files.clone(),
            texts: Texts::default(),
            header: None,
        };
        let mut texts = load::read(&loaded.inputs());
        loaded.header = header::read(&mut texts, &loaded.inputs());
        loaded.texts = texts;
        Ok(loaded)
    }

    pub(crate) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            files: self.files.as_ref(),
            arguments: &self.arguments,
            vars: &self.vars,
            vars_files: &self.vars_files,
            env: &process_env,
        }
    }

    /// The environment as far as it can be known without AWS; `None` when not even the header could be read.
    pub(crate) fn offline(&self) -> Option<Environment> {
        let header = self.header.as_ref()?;
        let (home, region) = self.offline_home()?;
        Some(self.lower(header, &home, &region, &Learned::default()))
    }

    /// The account and region as far as the file names them.
    pub(crate) fn offline_home(&self) -> Option<(Home, Region)> {
        let header = self.header.as_ref()?;
        let region = header.region.clone().or_else(|| Region::parse(USUAL_REGION).ok())?;
        let account = header.account.clone().unwrap_or_else(AccountId::unknown);
        let partition = Partition::of_region(&region);
        Some((Home { partition, account }, region))
    }

    /// The environment for an account.
    pub(crate) fn lower(&self, header: &Header, home: &Home, region: &Region, learned: &Learned) -> Environment {
        resources::lower(&self.texts, header, home, region, learned, &self.inputs())
    }
}

fn split_var(var: &str) -> Result<(String, String), Failure> {
    let failure = || Failure::new(format!("`--var {var}` has no value")).hint("write --var NAME=VALUE");
    var.split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(failure)
}

fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
