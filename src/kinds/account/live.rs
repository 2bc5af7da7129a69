//! Settings in AWS.
//!
//! Quirks: that an account has no password policy is an error (`NoSuchEntity`); UpdateAccountPasswordPolicy forgets what it
//! isn't told, and takes no 0; GetAccountSummary's words about the root user are numbers.

use std::collections::BTreeMap;

use aws_sdk_iam::types::SummaryKeyType;

use crate::aws::{Aws, Intent, Service, View, failed, gone_is_done, is_absent, request_id};
use crate::engine::{CallError, Receipt, Settled};
use crate::fields::FieldPath;
use crate::kind::{Listed, Live, Object, Observed, Seen};
use crate::names::{Arn, Region};

use super::{Account, Action, Evidence, RootKeys, RootMfa, Setting, State};

impl Live for Account {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        let _slot = view.aws.read_slot(Service::Iam).await;
        let found = match object.id {
            Setting::Alias => alias(view).await,
            Setting::PasswordPolicy => password_policy(view).await,
            Setting::Root => return root(view).await,
        };
        match found {
            Ok(state) => Seen::There(Box::new(known(state))),
            Err(error) => Seen::Unknown(error.to_string()),
        }
    }

    async fn list(_: &View<'_>, _: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let known = |setting: &Setting| Listed::own(setting.word(), Some(*setting));
        Ok(Setting::ALL.iter().map(known).collect())
    }

    async fn run(aws: &Aws, _: &Setting, _: &Arn, action: &Action) -> Result<Receipt, CallError> {
        match action {
            Action::SetAlias { alias, instead_of: _ } => set_alias(aws, alias).await,
            Action::RemoveAlias(alias) => remove_alias(aws, alias).await,
            Action::PutPasswordPolicy { to, .. } => put_password_policy(aws, to.whole()).await,
            Action::RemovePasswordPolicy => remove_password_policy(aws).await,
        }
    }

    async fn settled(_: &Aws, _: &Setting, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

fn known(state: State) -> Observed<Account> {
    Observed {
        state,
        evidence: Evidence {},
        unknown: BTreeMap::new(),
    }
}

async fn alias(view: &View<'_>) -> Result<State, CallError> {
    let answer = view.iam_client().list_account_aliases().send().await;
    let answer = answer.map_err(failed("iam:ListAccountAliases"))?;
    Ok(State {
        alias: answer.account_aliases().iter().cloned().collect(),
        ..State::default()
    })
}

async fn password_policy(view: &View<'_>) -> Result<State, CallError> {
    let answer = match view.iam_client().get_account_password_policy().send().await {
        Ok(answer) => answer,
        Err(error) => {
            let error = failed("iam:GetAccountPasswordPolicy")(error);
            return if is_absent(&error) {
                Ok(State::default())
            } else {
                Err(error)
            };
        }
    };
    let Some(policy) = answer.password_policy() else {
        return Ok(State::default());
    };
    let number = |number: Option<i32>| {
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| *number > 0)
    };
    Ok(State {
        // An answer without it would be read as "no policy".
        minimum_length: Some(number(policy.minimum_password_length()).unwrap_or(super::DEFAULT_LENGTH)),
        require_symbols: policy.require_symbols(),
        require_numbers: policy.require_numbers(),
        require_uppercase: policy.require_uppercase_characters(),
        require_lowercase: policy.require_lowercase_characters(),
        allow_users_to_change: policy.allow_users_to_change_password(),
        max_age_days: number(policy.max_password_age()),
        reuse_prevention: number(policy.password_reuse_prevention()),
        hard_expiry: policy.hard_expiry().unwrap_or(false),
        ..State::default()
    })
}

async fn root(view: &View<'_>) -> Seen<Account> {
    const CALL: &str = "iam:GetAccountSummary";
    let answer = match view
        .iam_client()
        .get_account_summary()
        .send()
        .await
        .map_err(failed(CALL))
    {
        Ok(answer) => answer,
        Err(error) => return Seen::Unknown(error.to_string()),
    };
    let number = |key: SummaryKeyType| answer.summary_map().and_then(|map| map.get(&key)).copied();
    let mfa = number(SummaryKeyType::AccountMfaEnabled);
    let keys = number(SummaryKeyType::AccountAccessKeysPresent);
    let mut live = known(State {
        mfa: mfa.map(|number| {
            if number > 0 {
                RootMfa::Required
            } else {
                RootMfa::Missing
            }
        }),
        access_keys: keys.map(|number| if number > 0 { RootKeys::Present } else { RootKeys::None }),
        ..State::default()
    });
    for (field, number) in [("mfa", mfa), ("access_keys", keys)] {
        if number.is_none() {
            let why = format!("{CALL}: the answer says nothing of it");
            live.unknown.insert(FieldPath::whole(field), why);
        }
    }
    Seen::There(Box::new(live))
}

/// `EntityAlreadyExists`: another account has it, or our first attempt has worked.
async fn set_alias(aws: &Aws, alias: &str) -> Result<Receipt, CallError> {
    let client = aws.iam(Intent::Write);
    match client.create_account_alias().account_alias(alias).send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => {
            let error = failed("iam:CreateAccountAlias")(error);
            if !error.is("EntityAlreadyExists") {
                return Err(error);
            }
            let ours = client.list_account_aliases().send().await;
            let ours = ours.map_err(failed("iam:ListAccountAliases"))?;
            let is_ours = ours.account_aliases().iter().any(|known| known == alias);
            if is_ours { Ok(Receipt::already()) } else { Err(error) }
        }
    }
}

async fn remove_alias(aws: &Aws, alias: &str) -> Result<Receipt, CallError> {
    let request = aws.iam(Intent::Write).delete_account_alias().account_alias(alias);
    match request.send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("iam:DeleteAccountAlias")(error)),
    }
}

async fn put_password_policy(aws: &Aws, state: &State) -> Result<Receipt, CallError> {
    let number = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    let request = aws
        .iam(Intent::Write)
        .update_account_password_policy()
        .set_minimum_password_length(number(state.minimum_length))
        .require_symbols(state.require_symbols)
        .require_numbers(state.require_numbers)
        .require_uppercase_characters(state.require_uppercase)
        .require_lowercase_characters(state.require_lowercase)
        .allow_users_to_change_password(state.allow_users_to_change)
        .set_max_password_age(number(state.max_age_days))
        .set_password_reuse_prevention(number(state.reuse_prevention))
        .hard_expiry(state.hard_expiry);
    let answer = request.send().await;
    let answer = answer.map_err(failed("iam:UpdateAccountPasswordPolicy"))?;
    Ok(Receipt::of(request_id(&answer)))
}

async fn remove_password_policy(aws: &Aws) -> Result<Receipt, CallError> {
    match aws.iam(Intent::Write).delete_account_password_policy().send().await {
        Ok(answer) => Ok(Receipt::of(request_id(&answer))),
        Err(error) => gone_is_done(failed("iam:DeleteAccountPasswordPolicy")(error)),
    }
}
