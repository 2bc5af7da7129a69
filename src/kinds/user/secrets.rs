//! Passwords and access keys: made once, and straight from AWS to the store.
//!
//! Invariant: nothing is asked of AWS before the store was proved writable; a credential that can't be kept is deleted
//! again; no secret is in a receipt or an error, and nothing whose effect isn't known is tried a second time.

use crate::aws::iam::credentials;
use crate::aws::{Aws, Intent, failed, is_absent, request_id};
use crate::engine::error::Nature;
use crate::engine::{CallError, Receipt};
use crate::kind::Home;
use crate::names::Partition;
use crate::vault::{Content, PasswordRules, Secret, Store, StoreError, generate_password};

use super::FirstPassword;
use super::live::gone;

const CREATE_LOGIN: &str = "iam:CreateLoginProfile";
const CREATE_KEY: &str = "iam:CreateAccessKey";

/// Work on a store, which blocks, beside the executor.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the work on the store was cut off".to_owned()),
    }
}

async fn prove(aws: &Aws, operation: &'static str, store: &Store, content: Content) -> Result<(), CallError> {
    let (store, context) = (store.clone(), aws.vault.clone());
    let proved = blocking(move || store.prove_writable(content, &context)).await;
    proved.map_err(|why| CallError::local(operation, format!("nothing was made: {why}")))
}

/// Makes a password, gives it to AWS and puts it into the store.
pub(super) async fn create_login(aws: &Aws, user: &str, wish: &FirstPassword) -> Result<Receipt, CallError> {
    prove(aws, CREATE_LOGIN, &wish.store, Content::Password).await?;
    let rules = PasswordRules {
        minimum_length: minimum_length(aws).await,
    };
    let password = generate_password(&rules).map_err(|error| CallError::local(CREATE_LOGIN, error.to_string()))?;
    let request = aws
        .iam(Intent::Write)
        .create_login_profile()
        .user_name(user)
        .password(password.reveal());
    let answer = request.password_reset_required(wish.reset_required).send().await;
    let id = match answer {
        Ok(answer) => request_id(&answer).map(str::to_owned),
        Err(error) => {
            let error = failed(CREATE_LOGIN)(error);
            // One that was not shown when this was planned: it is left as it is, like any other.
            if error.is("EntityAlreadyExists") {
                return Ok(Receipt {
                    told: vec![format!(
                        "user/{user} has a console password already; it is left as it is"
                    )],
                    ..Receipt::already()
                });
            }
            taken_effect(aws, user, error).await?
        }
    };
    keep_password(aws, user, &wish.store, password, id).await
}

/// Where no clear answer came: there was no password when this was planned, so that one now is the one that was sent.
async fn taken_effect(aws: &Aws, user: &str, error: CallError) -> Result<Option<String>, CallError> {
    if error.nature != Nature::Ambiguous {
        return Err(error);
    }
    match has_login(aws, user).await {
        Ok(true) => Ok(error.request_id),
        Ok(false) => Err(error),
        Err(read) => {
            let message = format!(
                "{}; and whether a password was made could not be found out: {read}",
                error.message
            );
            Err(CallError { message, ..error })
        }
    }
}

async fn keep_password(
    aws: &Aws,
    user: &str,
    store: &Store,
    password: Secret,
    request_id: Option<String>,
) -> Result<Receipt, CallError> {
    let (store, context, name) = (store.clone(), aws.vault.clone(), user.to_owned());
    let url = sign_in_url(&aws.connection.home);
    match blocking(move || store.put_password(&name, &password, &url, &context)).await {
        Ok(slot) => {
            let told = vec![format!("console password of user/{user} written to {slot}")];
            Ok(Receipt {
                request_id,
                already: false,
                told,
            })
        }
        Err(why) => {
            let undone = match delete_login(aws, user).await {
                Ok(_) => "it was removed from AWS again".to_owned(),
                Err(error) => format!("and it could not be removed again ({error}): `console_access: none` removes it"),
            };
            Err(CallError::local(
                CREATE_LOGIN,
                format!("the password could not be stored, {undone}: {why}"),
            ))
        }
    }
}

/// Without a policy of the account, or the right to read it, AWS's own minimum is less than what is generated anyway.
async fn minimum_length(aws: &Aws) -> u16 {
    let answer = aws.iam(Intent::Read).get_account_password_policy().send().await;
    let length = answer.ok().and_then(|answer| {
        answer
            .password_policy()
            .and_then(|policy| policy.minimum_password_length())
    });
    length.and_then(|length| u16::try_from(length).ok()).unwrap_or_default()
}

async fn has_login(aws: &Aws, user: &str) -> Result<bool, CallError> {
    match aws.iam(Intent::Read).get_login_profile().user_name(user).send().await {
        Ok(_) => Ok(true),
        Err(error) => {
            let error = failed("iam:GetLoginProfile")(error);
            if is_absent(&error) { Ok(false) } else { Err(error) }
        }
    }
}

/// Where people sign in to the console (IAM user guide, "AWS account sign-in URL").
fn sign_in_url(home: &Home) -> String {
    let account = &home.account;
    match home.partition {
        Partition::AwsCn => format!("https://{account}.signin.amazonaws.cn/console"),
        Partition::AwsUsGov => format!("https://{account}.signin.amazonaws-us-gov.com/console"),
        _ => format!("https://{account}.signin.aws.amazon.com/console"),
    }
}

/// DeleteLoginProfile.
pub(super) async fn delete_login(aws: &Aws, user: &str) -> Result<Receipt, CallError> {
    gone!(
        "iam:DeleteLoginProfile",
        aws.iam(Intent::Write).delete_login_profile().user_name(user)
    )
}

/// Makes an access key and puts its secret into the store.
pub(super) async fn create_key(aws: &Aws, user: &str, store: &Store) -> Result<Receipt, CallError> {
    prove(aws, CREATE_KEY, store, Content::AccessKey).await?;
    if let Some(id) = late_key(aws, user).await {
        return Ok(Receipt {
            told: vec![format!(
                "user/{user} has an access key already, {id}; no other one is made"
            )],
            ..Receipt::already()
        });
    }
    let answer = match aws.iam(Intent::Write).create_access_key().user_name(user).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let error = failed(CREATE_KEY)(error);
            let unclear = error.nature == Nature::Ambiguous;
            return Err(if unclear {
                explained(aws, user, error).await
            } else {
                error
            });
        }
    };
    let Some(key) = answer.access_key() else {
        return Err(explained(aws, user, CallError::local(CREATE_KEY, "the answer held no key")).await);
    };
    let (id, secret) = (
        key.access_key_id().to_owned(),
        Secret::new(key.secret_access_key().to_owned()),
    );
    let (target, context, stored) = (store.clone(), aws.vault.clone(), id.clone());
    match blocking(move || target.put_access_key(&stored, &secret, &context)).await {
        Ok(slot) => Ok(Receipt {
            request_id: request_id(&answer).map(str::to_owned),
            already: false,
            told: vec![format!("access key {id} of user/{user} written to {slot}")],
        }),
        Err(why) => {
            let undone = match delete_key(aws, user, &id).await {
                Ok(_) => "it was deleted in AWS again".to_owned(),
                Err(error) => format!("and it could not be deleted again ({error}): `access_keys: none` deletes it"),
            };
            Err(CallError::local(
                CREATE_KEY,
                format!("access key {id} could not be stored, {undone}: {why}"),
            ))
        }
    }
}

/// A key that was not shown when this was planned, such as one of a run that was cut off: each call would make one more.
async fn late_key(aws: &Aws, user: &str) -> Option<String> {
    let listed = aws.iam(Intent::Read).list_access_keys().user_name(user).send().await;
    let mut keys = listed.ok()?.access_key_metadata.into_iter();
    keys.find_map(|key| key.access_key_id)
}

/// Where no clear answer came, a key may have been made whose secret nobody has; the list tells.
async fn explained(aws: &Aws, user: &str, error: CallError) -> CallError {
    let listed = match aws.iam(Intent::Read).list_access_keys().user_name(user).send().await {
        Ok(answer) => {
            let keys = answer.access_key_metadata().iter().filter_map(credentials::key);
            let ids: Vec<String> = keys.map(|key| key.id).collect();
            if ids.is_empty() {
                "the user has no access key; apply again".to_owned()
            } else {
                format!(
                    "the user now has {}, whose secret was not received; delete it (`access_keys: none`) and apply again",
                    ids.join(" and ")
                )
            }
        }
        Err(list) => format!(
            "and whether a key was made could not be found out: {}",
            failed("iam:ListAccessKeys")(list)
        ),
    };
    CallError {
        message: format!("{}; {listed}", error.message),
        ..error
    }
}

/// UpdateAccessKey to inactive.
pub(super) async fn deactivate_key(aws: &Aws, user: &str, key: &str) -> Result<Receipt, CallError> {
    let request = aws
        .iam(Intent::Write)
        .update_access_key()
        .user_name(user)
        .access_key_id(key);
    gone!(
        "iam:UpdateAccessKey",
        request.status(aws_sdk_iam::types::StatusType::Inactive)
    )
}

/// DeleteAccessKey.
pub(super) async fn delete_key(aws: &Aws, user: &str, key: &str) -> Result<Receipt, CallError> {
    gone!(
        "iam:DeleteAccessKey",
        aws.iam(Intent::Write)
            .delete_access_key()
            .user_name(user)
            .access_key_id(key)
    )
}
