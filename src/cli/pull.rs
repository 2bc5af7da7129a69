//! `pull`: an account that grew by hand becomes a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::address::Address;
use crate::author::{Layout, Style};
use crate::kind::{Home, Scope};
use crate::kinds::KindName;
use crate::names::{IamPath, Region};
use crate::plan::Verb;
use crate::pull::{self, Code, Gathered, Makers, Pulled, Selection, Wishes, gather};
use crate::render::{Doc, Label};

use super::accept::accept;
use super::account::{Past, Planner, reach};
use super::base::BaseArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::whole::{Readers, write};
use super::{AccountArgs, ConsentArgs, FileArgs};

/// The name of the file where there is none to take it from.
const USUAL_FILE: &str = "environment.yaml";

/// Write what the account has as an environment file.
///
/// Reads the account and changes nothing. The file goes to standard output, or with -o into a file or a folder. What was
/// written is planned in the same run against what was read: the next plan is empty, or the command says what is not so.
#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    #[command(flatten)]
    account: AccountArgs,
    /// Write to this file, or into this folder (`DIR/`), one file for each section.
    #[arg(short, long, value_name = "FILE|DIR/")]
    out: Option<PathBuf>,
    /// Overwrite files that are there and differ.
    #[arg(long)]
    force: bool,
    /// Only these kinds, such as `role,policy`.
    #[arg(long = "kind", value_name = "KIND", value_delimiter = ',')]
    kinds: Vec<String>,
    /// Only what has a name in AWS that fits one of these patterns (`*`, `?`).
    #[arg(long = "name", value_name = "PATTERN")]
    names: Vec<String>,
    /// Only what has this tag; of several, all.
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    tags: Vec<String>,
    /// Only users, groups, roles and policies below this path.
    #[arg(long, value_name = "/PATH/")]
    path: Option<String>,
    /// Where to look for functions, buses and rules besides the default region; `all` for the regions that every
    /// account has switched on.
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    regions: Vec<String>,
    /// The environment's name; by default the one that the marks of ownership name, else the account's alias.
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// Download the code of functions into the folder; without this the file says to keep it as it is.
    #[arg(long, requires = "out")]
    code: bool,
    /// Take what the account has of the declared resources into this file, which stays as it is otherwise; may be given
    /// more than once.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "path", "tags", "regions", "environment", "all"])]
    into: Vec<String>,
    /// A variable's value, for the file of --into.
    #[arg(long = "var", value_name = "NAME=VALUE", requires = "into")]
    vars: Vec<String>,
    /// A YAML file with values of variables, for the file of --into.
    #[arg(long = "vars", value_name = "FILE", requires = "into")]
    vars_files: Vec<String>,
    /// Also what AWS and its services have made: service-linked roles, roles of SSO, rules that a service manages.
    #[arg(long)]
    all: bool,
}

pub(crate) async fn run(args: &PullArgs, output: &Output) -> Result<Exit, Failure> {
    let target = Target::of(args.out.as_deref())?;
    let narrowing = Narrowing::parse(args)?;
    if !args.into.is_empty() {
        return into(args, &narrowing, output).await;
    }
    let (aws, region) = reach(&args.account).await?;
    let selection = narrowing.selection(&region, &aws.connection.home);
    let gathered = gather(&aws, &selection).await;
    let wishes = Wishes {
        environment: args.environment.clone(),
        region,
        style: target.style(),
        code: if args.code { Code::Beside } else { Code::Live },
    };
    let told = Told::of(&gathered, &selection);
    let pulled = pull::pull(&aws, gathered, &wishes).await;
    let pulled = pulled.map_err(|error| Failure::new(error.to_string()))?;
    let written = target.save(&pulled.files, args.force, output)?;
    Ok(told.tell(&pulled, &written, output))
}

/// Edits files that are there.
async fn into(args: &PullArgs, narrowing: &Narrowing, output: &Output) -> Result<Exit, Failure> {
    let files = FileArgs {
        files: args.into.clone(),
        vars: args.vars.clone(),
        vars_files: args.vars_files.clone(),
    };
    let (consents, base) = (ConsentArgs::default(), BaseArgs::default());
    let past = Past::of(&base, false);
    let Some(planner) = Planner::prepare(&files, &args.account, &consents, &past, output).await? else {
        return Ok(Exit::Error);
    };
    let Some(planned) = planner.plan(output).await? else {
        return Ok(Exit::Error);
    };
    let accepted = accept(
        &planner,
        &planned,
        &files,
        |address, _| narrowing.names(address),
        output,
    )?;
    output.note(&match (accepted.edited, accepted.left) {
        (0, 0) => "the file says what the account has".to_owned(),
        (edited, 0) => format!("{edited} resources edited; the next plan has nothing to change of them"),
        (edited, left) => format!("{edited} resources edited, {left} left as they are in the file"),
    });
    Ok(match (planned.plan.is_incomplete(), accepted.left) {
        (true, _) => Exit::Incomplete,
        (false, 0) => Exit::Done,
        (false, _) => Exit::Differences,
    })
}

/// What is asked for, checked.
struct Narrowing {
    kinds: Vec<KindName>,
    names: Vec<String>,
    tags: Vec<(String, String)>,
    path: Option<IamPath>,
    regions: Regions,
    makers: Makers,
}

/// Where regional things are looked for, besides the default region.
enum Regions {
    These(Vec<Region>),
    All,
}

impl Narrowing {
    fn parse(args: &PullArgs) -> Result<Self, Failure> {
        let wrong = |option: &str, error: &dyn std::fmt::Display| Failure::new(format!("--{option}: {error}"));
        let kinds = args.kinds.iter().map(|kind| kind_of(kind)).collect::<Result<_, _>>()?;
        let tags = args.tags.iter().map(|tag| {
            let parts = tag.split_once('=');
            let missing = || Failure::new(format!("`--tag {tag}` is no tag")).hint("write --tag KEY=VALUE");
            let parts = parts.filter(|(key, _)| !key.is_empty());
            parts
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .ok_or_else(missing)
        });
        let path = args.path.as_deref().map(IamPath::parse).transpose();
        let regions = args.regions.iter().filter(|region| *region != "all");
        let regions: Result<Vec<Region>, _> = regions.map(|region| Region::parse(region)).collect();
        let regions = regions.map_err(|error| wrong("regions", &error))?;
        Ok(Self {
            kinds,
            names: args.names.clone(),
            tags: tags.collect::<Result<_, _>>()?,
            path: path.map_err(|error| wrong("path", &error))?,
            regions: match args.regions.iter().any(|region| region == "all") {
                true => Regions::All,
                false => Regions::These(regions),
            },
            makers: if args.all { Makers::Everybody } else { Makers::People },
        })
    }

    /// Whether a declared resource is asked for.
    fn names(&self, address: &Address) -> bool {
        let is_named = |pattern: &String| crate::address::glob_match(pattern, &address.name);
        (self.kinds.is_empty() || self.kinds.contains(&address.kind))
            && (self.names.is_empty() || self.names.iter().any(is_named))
    }

    /// For an account whose default region is known.
    fn selection(self, home: &Region, home_of: &Home) -> Selection {
        let mut regions = vec![home.clone()];
        let others = match self.regions {
            Regions::These(regions) => regions,
            Regions::All => Region::switched_on(home_of.partition),
        };
        for region in others {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        let everything = Selection::everything(regions);
        Selection {
            kinds: if self.kinds.is_empty() {
                everything.kinds
            } else {
                self.kinds
            },
            names: self.names,
            tags: self.tags,
            path: self.path,
            makers: self.makers,
            regions: everything.regions,
        }
    }
}

/// A kind by its word or by the key of its section.
fn kind_of(text: &str) -> Result<KindName, Failure> {
    let known = KindName::of_name(text).or_else(|| KindName::of_section(text));
    let kinds = KindName::ALL.iter().map(|kind| kind.name());
    known.ok_or_else(|| Failure::new(format!("--kind: there is no kind `{text}`")).near(text, kinds))
}

/// Where the text goes.
enum Target {
    Stdout,
    /// Into a folder, the text as one file of this name.
    File(PathBuf, String),
    /// Into a folder, a file for each section.
    Folder(PathBuf),
}

impl Target {
    fn of(out: Option<&Path>) -> Result<Self, Failure> {
        let Some(out) = out else { return Ok(Self::Stdout) };
        if out.is_dir() || out.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]) {
            return Ok(Self::Folder(out.to_owned()));
        }
        let name = out.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Failure::new(format!("-o: `{}` is no name of a file", out.display())))?;
        if !(name.ends_with(".yaml") || name.ends_with(".yml")) {
            let failure = Failure::new(format!("-o: `{name}` is no name of a YAML file"));
            return Err(failure.hint(format!("write `-o {name}.yaml`, or `-o {name}/` for a folder")));
        }
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
        Ok(Self::File(folder.unwrap_or(Path::new(".")).to_owned(), name.to_owned()))
    }

    fn style(&self) -> Style {
        let usual = Style::default();
        match self {
            // There is no beside standard output.
            Self::Stdout => Style {
                document_lines: None,
                ..usual
            },
            Self::File(_, name) => Style {
                layout: Layout::File(name.clone()),
                ..usual
            },
            Self::Folder(_) => Style {
                layout: Layout::Folder,
                ..usual
            },
        }
    }

    /// Writes the files; what is there and differs is only overwritten by force. Says what was done.
    fn save(&self, files: &BTreeMap<String, Vec<u8>>, force: bool, output: &Output) -> Result<String, Failure> {
        let (folder, shown) = match self {
            Self::Stdout => {
                let mut text = Doc::default();
                for line in files
                    .get(USUAL_FILE)
                    .map(|bytes| String::from_utf8_lossy(bytes))
                    .unwrap_or_default()
                    .lines()
                {
                    text.text(Label::Plain, line);
                }
                output.data(&text);
                return Ok("written to standard output".to_owned());
            }
            Self::File(folder, name) => (folder, folder.join(name)),
            Self::Folder(folder) => (folder, folder.clone()),
        };
        let is_same = |path: &str, bytes: &[u8]| std::fs::read(folder.join(path)).is_ok_and(|there| there == bytes);
        let differing: Vec<&String> = files
            .iter()
            .filter(|(path, bytes)| folder.join(path).exists() && !is_same(path, bytes))
            .map(|(path, _)| path)
            .collect();
        if let (Some(first), false) = (differing.first(), force) {
            let more = differing.len() - 1;
            let others = if more == 0 {
                String::new()
            } else {
                format!(" and {more} more")
            };
            let message = format!("{}{others} would be overwritten", folder.join(first).display());
            return Err(Failure::new(message)
                .hint("name another place with -o, or give --force")
                .exit(Exit::Refused));
        }
        self.refuse_others(folder, files)?;
        let new: Vec<(&String, &Vec<u8>)> = files.iter().filter(|(path, bytes)| !is_same(path, bytes)).collect();
        for (path, bytes) in &new {
            put(&folder.join(path), bytes)?;
        }
        Ok(match new.len() {
            0 => format!("{} is unchanged", shown.display()),
            _ => format!("written to {}", shown.display()),
        })
    }

    /// A folder is read whole: what else lies in it would be a part of the environment.
    fn refuse_others(&self, folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
        let Self::Folder(_) = self else { return Ok(()) };
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Ok(());
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.retain(|name| (name.ends_with(".yaml") || name.ends_with(".yml")) && !files.contains_key(name));
        names.sort();
        match names.as_slice() {
            [] => Ok(()),
            names => {
                let message = format!(
                    "{} holds other environment files: {}",
                    folder.display(),
                    names.join(", ")
                );
                let hint = "every YAML file in a folder is a part of the environment: move these away first";
                Err(Failure::new(message).hint(hint).exit(Exit::Refused))
            }
        }
    }
}

/// Writes a file, and the folders above it.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let written =
        std::fs::create_dir_all(folder.unwrap_or(Path::new("."))).and_then(|()| write(path, bytes, Readers::Others));
    written.map_err(|error| Failure::new(format!("{} can't be written: {error}", path.display())))
}

/// What is said besides the file.
struct Told {
    unread: Vec<String>,
    hidden: usize,
    found: usize,
    /// The one region where regional things were looked for, if it was only one.
    only: Option<Region>,
}

impl Told {
    fn of(gathered: &Gathered, selection: &Selection) -> Self {
        let is_regional = |kind: &KindName| kind.section().scope == Scope::Regional;
        let only = match selection.regions.as_slice() {
            [one] if selection.kinds.iter().any(is_regional) => Some(one.clone()),
            _ => None,
        };
        Self {
            unread: gathered.unread.clone(),
            hidden: gathered.hidden,
            found: gathered.objects.len(),
            only,
        }
    }

    /// The first that applies from the right: incomplete, differences, done.
    fn tell(&self, pulled: &Pulled, written: &str, output: &Output) -> Exit {
        let declared = self.found - pulled.left_out.len();
        output.note(&format!(
            "{declared} resources of environment `{}` {written}",
            pulled.environment
        ));
        if let Some(region) = &self.only {
            output.note(&format!(
                "functions, buses and rules are those of {region}; --regions names others, or `all`"
            ));
        }
        if self.hidden > 0 {
            output.note(&format!(
                "{} made by AWS and its services left out; --all shows them",
                self.hidden
            ));
        }
        for (address, why) in &pulled.left_out {
            output.note(&format!("left out: {address}: {why}"));
        }
        for unsaid in &pulled.unsaid {
            output.note(&format!("not said: {}: {}", unsaid.address, unsaid.what));
        }
        for unread in &self.unread {
            output.note(&format!("unknown: {unread}"));
        }
        let differences = pulled.differences();
        for difference in &differences {
            output.note(&format!("not as written: {difference}"));
        }
        output.note(&match (differences.len(), pulled.plan.count(Verb::Adopt)) {
            (0, 0) => "the next plan is empty".to_owned(),
            (0, adopted) => format!("the next plan is empty; apply writes the mark of ownership on {adopted}"),
            (some, _) => format!("the next plan is not empty: {some} differ"),
        });
        if !self.unread.is_empty() || pulled.plan.is_incomplete() {
            Exit::Incomplete
        } else if differences.is_empty() {
            Exit::Done
        } else {
            Exit::Differences
        }
    }
}
