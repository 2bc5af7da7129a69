//! Providers in AWS.
//!
//! Quirks: the URL is read back without its scheme, which the identity has already; a thumbprint is there even where
//! none was given, since AWS fetches one itself.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::operation::get_open_id_connect_provider::GetOpenIdConnectProviderOutput;
use aws_sdk_iam::types::Tag;

use crate::aws::iam;
use crate::aws::{Aws, Intent, Service, View, failed, found_there, gone_is_done, is_absent, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::kind::{Depth, Kind as _, Listed, Live, Object, Observed, Seen};
use crate::kinds::principal::live as holding;
use crate::kinds::tagging::TagChange;
use crate::names::{Arn, ClientId, NameError, OidcUrl, Region, Thumbprint};
use crate::policy_doc::Policy as Document;

use super::{Action, Evidence, OidcProvider, State};

impl Live for OidcProvider {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let _slot = view.aws.read_slot(Service::Iam).await;
        let arn = Self::arn(&object.id, None, &view.aws.connection.home);
        let answer = match get(view.iam_client(), &arn).await {
            Ok(None) => return Seen::Absent,
            Ok(Some(answer)) => answer,
            Err(error) => return Seen::Unknown(error.to_string()),
        };
        let trusted_by = match object.depth {
            Depth::Compare => Ok(Vec::new()),
            Depth::Remove => trusting(view.iam_client(), &arn).await,
        };
        match (observed(&answer), trusted_by) {
            (Ok(mut live), Ok(trusted_by)) => {
                live.evidence.trusted_by = trusted_by;
                Seen::There(Box::new(live))
            }
            (Err(why), _) => Seen::Unknown(why),
            (_, Err(error)) => Seen::Unknown(error.to_string()),
        }
    }

    async fn list(view: &View<'_>, _: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let answer = view.iam_client().list_open_id_connect_providers().send().await;
        let answer = answer.map_err(failed("iam:ListOpenIDConnectProviders"))?;
        let arns = answer
            .open_id_connect_provider_list()
            .iter()
            .filter_map(|entry| entry.arn());
        let url = |arn: &str| OidcUrl::parse(&format!("https://{}", Arn::parse(arn).ok()?.oidc_host_and_path()?)).ok();
        Ok(arns.map(|arn| Listed::own(arn, url(arn))).collect())
    }

    async fn run(aws: &Aws, id: &OidcUrl, arn: &Arn, action: &Action) -> Result<Receipt, CallError> {
        match action {
            Action::Create(state) => create(aws, id, arn, state).await,
            Action::AddAudience(audience) => add(aws, arn, audience).await,
            Action::RemoveAudience(audience, _) => remove(aws, arn, audience).await,
            Action::SetThumbprints(thumbprints) => set_thumbprints(aws, arn, thumbprints).await,
            Action::Tag(change) => tag(aws, arn, change).await,
            Action::Delete => delete(aws, arn).await,
        }
    }

    async fn settled(_: &Aws, _: &OidcUrl, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

async fn get(client: &aws_sdk_iam::Client, arn: &Arn) -> Result<Option<GetOpenIdConnectProviderOutput>, CallError> {
    let request = client.get_open_id_connect_provider();
    let answer = request.open_id_connect_provider_arn(arn.as_str()).send().await;
    match answer.map_err(failed("iam:GetOpenIDConnectProvider")) {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The roles whose trust policy names the provider; IAM has no other list of them.
async fn trusting(client: &aws_sdk_iam::Client, provider: &Arn) -> Result<Vec<Arn>, CallError> {
    let mut pages = client.list_roles().max_items(1000).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(failed("iam:ListRoles"))?;
        let trusts = |role: &&aws_sdk_iam::types::Role| {
            let trust = role.assume_role_policy_document().map(Document::live);
            trust.is_some_and(|trust| trust.federated().contains(&provider.as_str()))
        };
        let arns = page.roles().iter().filter(trusts).map(aws_sdk_iam::types::Role::arn);
        found.extend(arns.filter_map(|arn| Arn::parse(arn).ok()));
    }
    Ok(found)
}

fn observed(answer: &GetOpenIdConnectProviderOutput) -> Result<Observed<OidcProvider>, String> {
    let state = State {
        audiences: all(answer.client_id_list(), ClientId::parse)?,
        thumbprints: all(answer.thumbprint_list(), Thumbprint::parse)?,
        tags: iam::tags(answer.tags()),
    };
    let created = answer.create_date().map_or(0, |date| date.secs());
    Ok(Observed {
        state,
        evidence: Evidence {
            created,
            trusted_by: Vec::new(),
        },
        unknown: BTreeMap::new(),
    })
}

fn all<T: Ord>(texts: &[String], parse: fn(&str) -> Result<T, NameError>) -> Result<BTreeSet<T>, String> {
    let odd = |error| format!("AWS told something that can't be understood: {error}");
    texts.iter().map(|text| parse(text).map_err(odd)).collect()
}

fn texts(thumbprints: &BTreeSet<Thumbprint>) -> Option<Vec<String>> {
    let texts: Vec<String> = thumbprints.iter().map(ToString::to_string).collect();
    (!texts.is_empty()).then_some(texts)
}

async fn create(aws: &Aws, id: &OidcUrl, arn: &Arn, state: &State) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    let audiences: Vec<String> = state.audiences.iter().map(ToString::to_string).collect();
    let request = client.create_open_id_connect_provider().url(id.as_str());
    let request = request
        .set_client_id_list(Some(audiences).filter(|audiences| !audiences.is_empty()))
        .set_thumbprint_list(texts(&state.thumbprints))
        .set_tags(holding::sdk_tags(&state.tags));
    let error = match request.send().await {
        Ok(answer) => return Ok(Receipt::of(request_id(&answer))),
        Err(error) => failed("iam:CreateOpenIDConnectProvider")(error),
    };
    if !error.is("EntityAlreadyExists") {
        return Err(error);
    }
    // The answer to an earlier try may have been lost; what another one has made is not ours.
    let request = client.get_open_id_connect_provider();
    let found = request.open_id_connect_provider_arn(arn.as_str()).send().await;
    let found = found.map_err(failed("iam:GetOpenIDConnectProvider"));
    found_there(error, found, |answer| {
        observed(answer).is_ok_and(|live| is_as_made(&live.state, state))
    })
}

/// Whether a live provider is what the creation would have made; thumbprints that were not given are AWS's.
fn is_as_made(live: &State, state: &State) -> bool {
    let thumbprints = state.thumbprints.is_empty() || state.thumbprints == live.thumbprints;
    thumbprints && state.audiences == live.audiences && state.tags == live.tags
}

async fn add(aws: &Aws, arn: &Arn, audience: &ClientId) -> Result<Receipt, CallError> {
    let request = aws.iam(Intent::Write).add_client_id_to_open_id_connect_provider();
    let request = request
        .open_id_connect_provider_arn(arn.as_str())
        .client_id(audience.as_str());
    let answer = request.send().await;
    let answer = answer.map_err(failed("iam:AddClientIDToOpenIDConnectProvider"))?;
    Ok(Receipt::of(request_id(&answer)))
}

async fn remove(aws: &Aws, arn: &Arn, audience: &ClientId) -> Result<Receipt, CallError> {
    let request = aws.iam(Intent::Write).remove_client_id_from_open_id_connect_provider();
    let request = request
        .open_id_connect_provider_arn(arn.as_str())
        .client_id(audience.as_str());
    match request.send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("iam:RemoveClientIDFromOpenIDConnectProvider")(error)),
    }
}

async fn set_thumbprints(aws: &Aws, arn: &Arn, thumbprints: &BTreeSet<Thumbprint>) -> Result<Receipt, CallError> {
    let request = aws.iam(Intent::Write).update_open_id_connect_provider_thumbprint();
    let request = request
        .open_id_connect_provider_arn(arn.as_str())
        .set_thumbprint_list(texts(thumbprints).or(Some(Vec::new())));
    let answer = request.send().await;
    let answer = answer.map_err(failed("iam:UpdateOpenIDConnectProviderThumbprint"))?;
    Ok(Receipt::of(request_id(&answer)))
}

async fn tag(aws: &Aws, arn: &Arn, change: &TagChange) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    match change {
        TagChange::Set(tags) | TagChange::Claim(tags) => {
            let request = client.tag_open_id_connect_provider();
            let request = request
                .open_id_connect_provider_arn(arn.as_str())
                .set_tags(holding::sdk_tags(tags).or(Some(Vec::<Tag>::new())));
            let answer = request.send().await.map_err(failed("iam:TagOpenIDConnectProvider"))?;
            Ok(Receipt::of(request_id(&answer)))
        }
        TagChange::Remove(keys) | TagChange::Release(keys) => {
            let request = client.untag_open_id_connect_provider();
            let request = request
                .open_id_connect_provider_arn(arn.as_str())
                .set_tag_keys(Some(keys.clone()));
            let answer = request.send().await.map_err(failed("iam:UntagOpenIDConnectProvider"))?;
            Ok(Receipt::of(request_id(&answer)))
        }
    }
}

async fn delete(aws: &Aws, arn: &Arn) -> Result<Receipt, CallError> {
    let request = aws.iam(Intent::Write).delete_open_id_connect_provider();
    match request.open_id_connect_provider_arn(arn.as_str()).send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("iam:DeleteOpenIDConnectProvider")(error)),
    }
}
