use std::fmt::{Debug, Display};
use std::str::FromStr;

use proptest::prelude::*;

use crate::names::*;

/// Parsing never panics; what parses shows itself in a form that parses to the same value, and survives JSON.
fn law<T>(text: &str) -> Result<(), TestCaseError>
where
    T: FromStr<Err = NameError> + Display + Debug + PartialEq + serde::Serialize + serde::de::DeserializeOwned,
{
    match text.parse::<T>() {
        Ok(value) => {
            let again = value.to_string().parse::<T>();
            prop_assert_eq!(again.as_ref(), Ok(&value));
            let json = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
        }
        Err(error) => {
            let message = error.to_string();
            prop_assert!(
                !message.ends_with('.') && message.chars().all(|c| !c.is_control()),
                "{}",
                message
            );
            if let Some(right) = error.right() {
                prop_assert!(right != text, "{}", message);
            }
        }
    }
    Ok(())
}

fn laws(text: &str) -> Result<(), TestCaseError> {
    law::<AccountId>(text)?;
    law::<Partition>(text)?;
    law::<Region>(text)?;
    law::<Arn>(text)?;
    law::<BucketName>(text)?;
    law::<Length>(text)?;
    law::<SessionLength>(text)?;
    law::<Timeout>(text)?;
    law::<UserName>(text)?;
    law::<RoleName>(text)?;
    law::<GroupName>(text)?;
    law::<PolicyName>(text)?;
    law::<InlinePolicyName>(text)?;
    law::<InstanceProfileName>(text)?;
    law::<IamPath>(text)?;
    law::<OidcUrl>(text)?;
    law::<ClientId>(text)?;
    law::<LinkingService>(text)?;
    law::<RoleSuffix>(text)?;
    law::<TagKey>(text)?;
    law::<TagValue>(text)?;
    law::<FunctionName>(text)?;
    law::<StatementId>(text)?;
    law::<Handler>(text)?;
    law::<LogGroupName>(text)?;
    law::<EnvironmentName>(text)?;
    law::<Architecture>(text)?;
    law::<Runtime>(text)?;
    law::<LayerVersionArn>(text)?;
    law::<ImageUri>(text)?;
    law::<RuleName>(text)?;
    law::<TargetId>(text)?;
    law::<EventBusName>(text)?;
    law::<TargetInput>(text)?;
    law::<Schedule>(text)?;
    law::<EventPattern>(text)?;
    let _ = (
        Memory::parse(text),
        EphemeralStorage::parse(text),
        IamPath::parse_for_policy(text),
    );
    if let Ok(runtime) = Runtime::parse(text) {
        let _ = runtime.doubt(time::macros::date!(2026 - 11 - 22));
    }
    if let Ok(arn) = Arn::parse(text) {
        let _ = (
            arn.partition(),
            arn.region(),
            arn.account(),
            arn.iam_path(),
            arn.session_role_name(),
        );
        let _ = (
            arn.user_name(),
            arn.role_name(),
            arn.group_name(),
            arn.policy_name(),
            arn.instance_profile_name(),
        );
        let _ = (
            arn.bucket_name(),
            arn.function_name(),
            arn.function_qualifier(),
            arn.rule_and_bus(),
        );
        let _ = (arn.event_bus_name(), arn.log_group_name(), arn.oidc_host_and_path());
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        laws(&text)?;
    }

    #[test]
    fn near_names(text in "[a-zA-Z0-9/._@:-]{0,70}") {
        laws(&text)?;
    }

    #[test]
    fn near_arns(text in "arn:aws(-cn)?:(iam|s3|lambda|events|logs|sts):(eu-west-1|cn-north-1)?:([0-9]{12}|aws)?:(user|role|policy|function|rule|event-bus|layer|assumed-role)[/:][a-z/:*ü]{0,12}") {
        laws(&text)?;
    }

    #[test]
    fn near_regions_and_lengths(text in "[a-z]{2}-[a-z]{0,5}-?[0-9]?[a-z]?|[0-9]{0,21}[smhd]?[0-9]{0,3}[smh ]?") {
        laws(&text)?;
    }

    #[test]
    fn near_rates(text in "(rate|every|Rate)? ?\\(? ?[0-9-]{0,11} (minute|hour|day|week|é)?s?\\)?") {
        laws(&text)?;
    }

    #[test]
    fn near_crons(text in "cron\\(([0-9*?LW#/,A-Zé-]{1,4} ?){0,7}\\)") {
        laws(&text)?;
    }

    #[test]
    fn near_json(text in "\\{\"[a-z$]{1,3}\":(\\[([0-9]{1,20}|\"[^\"\\\\]{0,3}\"|\\{\"numeric\":\\[\">\",1\\]\\})\\]|\\{\\}|1\\.50)\\} ?") {
        laws(&text)?;
    }

    #[test]
    fn a_mended_schedule_is_right(number in 0_u32..2000, unit in "(minute|hour|day)s?", zero in "0?") {
        if let Err(error) = Schedule::parse(&format!("rate({zero}{number} {unit})")) {
            let right = error.right().expect("a rate with a known unit can be mended").to_owned();
            prop_assert!(Schedule::parse(&right).is_ok(), "{}", right);
        }
    }

    #[test]
    fn a_mended_bucket_has_no_capitals_or_underscores(text in "[A-Za-z_]{3,20}") {
        let mut text = text;
        for _ in 0..3 {
            match BucketName::parse(&text).map_err(|error| error.right().map(str::to_owned)) {
                Err(Some(right)) => text = right,
                _ => break,
            }
        }
        prop_assert!(!text.contains('_') && text == text.to_lowercase());
    }

    #[test]
    fn arns_give_their_names_back(path in "/|/[a-z]{1,5}/([a-z]{1,5}/)?", name in "[A-Za-z0-9_+=,.@-]{1,64}") {
        let (path, account) = (IamPath::parse(&path).unwrap(), AccountId::parse("123456789012").unwrap());
        let name = RoleName::parse(&name).unwrap();
        let arn = Arn::role(Partition::Aws, &account, &path, &name);
        prop_assert_eq!(Arn::parse(arn.as_str()), Ok(arn.clone()));
        prop_assert_eq!((arn.role_name(), arn.iam_path(), arn.account()), (Some(name), Some(path), Some(account)));
    }
}
