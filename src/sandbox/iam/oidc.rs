//! OpenID Connect providers.
//!
//! Invariant: a provider is known by its URL without the scheme, which its ARN repeats.

use serde::{Deserialize, Serialize};

use super::super::{Fault, Moment, World, Xml};
use super::ask::Ask;
use super::refusal::{already_exists, constraint, invalid_input, no_such_entity, quota, validation};
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
const PROVIDERS: usize = 100;

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
    let arn = ask.required("OpenIDConnectProviderArn")?;
    if arn.len() < 20 {
        return Err(constraint(
            arn,
            "openIDConnectProviderArn",
            "have length greater than or equal to 20",
        ));
    }
    Ok(arn)
}

fn thumbprints(ask: Ask<'_>) -> Result<Vec<String>, Fault> {
    let list = ask.list("ThumbprintList");
    if list.iter().any(|print| print.len() != 40) {
        return Err(constraint(
            &format!("[{}]", list.join(", ")),
            "thumbprintList",
            "satisfy constraint: [Member must have length less than or equal to 40, Member must have length greater than \
             or equal to 40]",
        ));
    }
    if list.len() > THUMBPRINTS {
        return Err(invalid_input("Thumbprint list must contain fewer than 5 entries."));
    }
    Ok(list.into_iter().map(str::to_ascii_lowercase).collect())
}

fn clients(ask: Ask<'_>) -> Result<Vec<String>, Fault> {
    let list = ask.list("ClientIDList");
    if list.iter().any(|client| !(1..=255).contains(&client.chars().count())) {
        return Err(constraint(
            &format!("[{}]", list.join(", ")),
            "clientIDList",
            "satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than \
             or equal to 1]",
        ));
    }
    if list.len() > CLIENTS {
        return Err(quota("ClientIdsPerOpenIdConnectProvider", CLIENTS));
    }
    Ok(list.into_iter().map(str::to_owned).collect())
}

/// The URL without its scheme, which must be `https`; neither query nor fragment nor port belongs to it.
fn asked_url(ask: Ask<'_>) -> Result<String, Fault> {
    let url = ask.required("Url")?;
    if url.chars().count() > 255 {
        return Err(constraint(url, "url", "have length less than or equal to 255"));
    }
    let host = |rest: &&str| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(['?', '#', ' ']);
    let Some(rest) = url.strip_prefix("https://").filter(host) else {
        return Err(validation("Invalid Open ID Connect Provider URL"));
    };
    Ok(rest.trim_end_matches('/').to_owned())
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let url = asked_url(ask)?;
    let (clients, mut prints) = (clients(ask)?, thumbprints(ask)?);
    let tags = tag::asked(ask, Keys::Exact)?;
    if world.iam.providers.contains(&url) {
        return Err(already_exists(format!(
            "Provider with url https://{url} already exists."
        )));
    }
    if world.iam.providers.len() >= PROVIDERS {
        return Err(quota("OpenIdConnectProvidersPerAccount", PROVIDERS));
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
    let arn = arn(ask)?;
    let key = world.iam.provider_key(arn);
    let found = world.iam.providers.seen(&key, &world.clock);
    let provider = found.ok_or_else(|| no_provider(arn))?;
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
    tag::write_even_if_none(&mut xml, &provider.tags);
    Ok(Some(xml))
}

pub(super) fn list(world: &World) -> Done {
    let mut xml = Xml::new();
    xml.element("OpenIDConnectProviderList", |xml| {
        for (_, provider) in world.iam.providers.all_seen(&world.clock) {
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

fn client<'a>(ask: Ask<'a>) -> Result<&'a str, Fault> {
    match ask.required("ClientID")? {
        long if long.chars().count() > 255 => {
            Err(constraint(long, "clientID", "have length less than or equal to 255"))
        }
        client => Ok(client),
    }
}

pub(super) fn add_client(world: &mut World, ask: Ask<'_>) -> Done {
    let client = client(ask)?;
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
    let client = client(ask)?;
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
