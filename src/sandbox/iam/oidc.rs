//! OpenID Connect providers.
//!
//! Invariant: a provider is known by its URL without the scheme, which its ARN repeats.

use serde::{Deserialize, Serialize};

use super::super::{Fault, Moment, World, Xml};
use super::ask::Ask;
use super::refusal::{already_exists, constraint, no_such_entity, quota, validation};
use super::tag::{self, Keys, Tags};
use super::{Done, State};

/// An OpenID Connect provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Provider {
    url: String,
    clients: Vec<String>,
    thumbprints: Vec<String>,
    created: Moment,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Tags,
}

const CLIENTS: usize = 100;
const THUMBPRINTS: usize = 5;

impl Provider {
    fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:oidc-provider/{}", self.url)
    }

    /// The ARN and the clients that tokens may be meant for.
    pub(super) fn audiences(&self, account: &str) -> (String, Vec<String>) {
        (self.arn(account), self.clients.clone())
    }
}

impl State {
    pub(super) fn provider(&self, arn: &str) -> Result<&Provider, Fault> {
        self.providers
            .get(&self.provider_key(arn))
            .ok_or_else(|| no_provider(arn))
    }

    pub(super) fn provider_mut(&mut self, arn: &str) -> Result<&mut Provider, Fault> {
        let key = self.provider_key(arn);
        self.providers.get_mut(&key).ok_or_else(|| no_provider(arn))
    }

    fn provider_key(&self, arn: &str) -> String {
        arn.strip_prefix(&format!("arn:aws:iam::{}:oidc-provider/", self.account))
            .unwrap_or_default()
            .to_owned()
    }
}

fn no_provider(arn: &str) -> Fault {
    no_such_entity(format!("OpenIDConnect Provider not found for arn {arn}"))
}

fn arn<'a>(ask: Ask<'a>) -> Result<&'a str, Fault> {
    ask.required("OpenIDConnectProviderArn")
}

fn thumbprints(ask: Ask<'_>) -> Result<Vec<String>, Fault> {
    let list = ask.list("ThumbprintList");
    if let Some(wrong) = list.iter().find(|print| print.len() != 40) {
        return Err(constraint(wrong, "thumbprintList", "have length equal to 40"));
    }
    if list.len() > THUMBPRINTS {
        return Err(quota("ThumbprintsPerOpenIdConnectProvider", THUMBPRINTS));
    }
    Ok(list.into_iter().map(str::to_ascii_lowercase).collect())
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let url = ask.required("Url")?;
    let Some(url) = url
        .strip_prefix("https://")
        .filter(|rest| !rest.is_empty() && !rest.contains('?'))
    else {
        return Err(validation("Invalid Open ID Connect Provider URL"));
    };
    let url = url.trim_end_matches('/').to_owned();
    let mut prints = thumbprints(ask)?;
    let clients: Vec<String> = ask.list("ClientIDList").into_iter().map(str::to_owned).collect();
    if clients.len() > CLIENTS {
        return Err(quota("ClientIdsPerOpenIdConnectProvider", CLIENTS));
    }
    let tags = tag::asked(ask, Keys::Exact)?;
    if world.iam.providers.contains(&url) {
        return Err(already_exists(format!(
            "Provider with url https://{url} already exists."
        )));
    }
    if prints.is_empty() {
        // AWS fetches the certificate's fingerprint itself; the sandbox can only make one up.
        prints.push(world.ids.hex(40));
    }
    let provider = Provider {
        url: url.clone(),
        clients,
        thumbprints: prints,
        created: world.clock.now(),
        tags,
    };
    let mut xml = Xml::new();
    xml.text("OpenIDConnectProviderArn", provider.arn(&world.account));
    tag::write(&mut xml, &provider.tags);
    world.iam.providers.insert(url, provider);
    Ok(Some(xml))
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let provider = world.iam.provider(arn(ask)?)?;
    let mut xml = Xml::new();
    xml.text("Url", &provider.url)
        .text("CreateDate", provider.created.seconds());
    for (list, items) in [
        ("ThumbprintList", &provider.thumbprints),
        ("ClientIDList", &provider.clients),
    ] {
        xml.element(list, |xml| {
            items.iter().for_each(|item| {
                xml.text("member", item);
            })
        });
    }
    tag::write(&mut xml, &provider.tags);
    Ok(Some(xml))
}

pub(super) fn list(world: &World) -> Done {
    let mut xml = Xml::new();
    xml.element("OpenIDConnectProviderList", |xml| {
        for provider in world.iam.providers.values() {
            xml.element("member", |xml| {
                xml.text("Arn", provider.arn(&world.account));
            });
        }
    });
    Ok(Some(xml))
}

/// Deleting one that is not there is success, as the reference says.
pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let key = world.iam.provider_key(arn(ask)?);
    world.iam.providers.remove(&key);
    Ok(None)
}

pub(super) fn add_client(world: &mut World, ask: Ask<'_>) -> Done {
    let client = ask.required("ClientID")?;
    let provider = world.iam.provider_mut(arn(ask)?)?;
    if !provider.clients.iter().any(|known| known == client) {
        provider.clients.push(client.to_owned());
    }
    if provider.clients.len() > CLIENTS {
        return Err(quota("ClientIdsPerOpenIdConnectProvider", CLIENTS));
    }
    Ok(None)
}

pub(super) fn remove_client(world: &mut World, ask: Ask<'_>) -> Done {
    let client = ask.required("ClientID")?;
    world
        .iam
        .provider_mut(arn(ask)?)?
        .clients
        .retain(|known| known != client);
    Ok(None)
}

pub(super) fn update_thumbprints(world: &mut World, ask: Ask<'_>) -> Done {
    let prints = thumbprints(ask)?;
    world.iam.provider_mut(arn(ask)?)?.thumbprints = prints;
    Ok(None)
}
