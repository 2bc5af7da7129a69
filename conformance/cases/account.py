"""Settings of the account: alias, password policy, and what is told of the root user."""

from harness.bench import Bench
from harness.case import Case
from harness.live import at

from .by_hand import Hand
from .documents import REMOVED, edited, file
from .edits import Row

ADOPT = ("--adopt", "account/*")
# What AWS shows of a policy of which nothing was said.
DEFAULT = {
    "MinimumPasswordLength": 6, "RequireSymbols": False, "RequireNumbers": False, "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False, "AllowUsersToChangePassword": False, "MaxPasswordAge": None,
    "PasswordReusePrevention": None, "HardExpiry": False,
}
PLAIN = file(account_settings={"alias": "imaging", "password_policy": {"minimum_length": 14}})


def policy_row(name: str, field: str, aws: str, written: tuple, changed: tuple, *removed: object) -> Row:
    """A row about the password policy."""
    path, shown = f"account_settings/password_policy/{field}", f"account/PasswordPolicy/{aws}"
    return Row(f"password-policy-{name}", path, shown, written, changed, *removed, base=PLAIN, flags=ADOPT)


def flag(name: str, aws: str) -> Row:
    """A row about a demand: taken off in words only."""
    return policy_row(name.replace("_", "-"), name, aws, (True, True), (False, False), False)


ROWS = [
    Row("account-alias", "account_settings/alias", "account/Alias", ("imaging",) * 2, ("remote",) * 2, "remote", base=PLAIN, flags=ADOPT),
    Row("account-alias-none", "account_settings/alias", "account/Alias", ("imaging",) * 2, ("none", None), None, base=PLAIN, flags=ADOPT),
    Row(
        "password-policy-none", "account_settings/password_policy", "account/PasswordPolicy",
        ({"minimum_length": 10}, DEFAULT | {"MinimumPasswordLength": 10}), ("none", None), None, base=PLAIN, flags=ADOPT,
    ),
    policy_row("length", "minimum_length", "MinimumPasswordLength", (20, 20), (8, 8), 8),
    flag("require_symbols", "RequireSymbols"),
    flag("require_numbers", "RequireNumbers"),
    flag("require_uppercase", "RequireUppercaseCharacters"),
    flag("require_lowercase", "RequireLowercaseCharacters"),
    flag("hard_expiry", "HardExpiry"),
    policy_row("users-change", "allow_users_to_change", "AllowUsersToChangePassword", (True, True), (False, False), False),
    policy_row("age", "max_age_days", "MaxPasswordAge", (90, 90), ("none", None), None),
    policy_row("age-moved", "max_age_days", "MaxPasswordAge", (90, 90), (30, 30), 30),
    policy_row("reuse", "reuse_prevention", "PasswordReusePrevention", (5, 5), (0, None), None),
]


def update(**settings: object):
    """An edit of the password policy; the call forgets what it isn't told."""
    return lambda iam: iam.update_account_password_policy(**{"MinimumPasswordLength": 14} | settings)


def hand(name: str, edit, *says: str, **more: object) -> Hand:
    """An edit by hand on the plain settings."""
    return Hand(f"account-{name}", edit, says, base=PLAIN, flags=ADOPT, **more)


HANDS = [
    hand("alias", lambda iam: iam.create_account_alias(AccountAlias="theirs"), "alias", "theirs"),
    hand("alias-deleted", lambda iam: iam.delete_account_alias(AccountAlias="imaging"), "alias", "imaging"),
    hand("policy-deleted", lambda iam: iam.delete_account_password_policy(), "minimum_length", "14"),
    hand("policy-length", update(MinimumPasswordLength=6), "minimum_length", "6 -> 14"),
    hand("policy-users-change", update(AllowUsersToChangePassword=True), "allow_users_to_change"),
    hand("policy-symbols", update(RequireSymbols=True), "held", "require_symbols", kept=True),
    hand("policy-numbers", update(RequireNumbers=True), "held", "require_numbers", kept=True),
    hand("policy-uppercase", update(RequireUppercaseCharacters=True), "held", "require_uppercase", kept=True),
    hand("policy-lowercase", update(RequireLowercaseCharacters=True), "held", "require_lowercase", kept=True),
    hand("policy-age", update(MaxPasswordAge=90), "held", "max_age_days", kept=True),
    hand("policy-reuse", update(PasswordReusePrevention=5), "held", "reuse_prevention", kept=True),
    hand("policy-hard-expiry", update(HardExpiry=True), "held", "hard_expiry", kept=True),
]


def held(name: str, field: str, aws: str, written: tuple, word: tuple) -> Case:
    """A demand that stays when its line goes; the change in words needs the user's word, since nobody's mark is on it."""

    def run(bench: Bench) -> None:
        path, shown = f"account_settings/password_policy/{field}", f"account/PasswordPolicy/{aws}"
        bench.converge(edited(PLAIN, path, written[0]), *ADOPT)
        before = bench.live()
        bench.write(edited(PLAIN, path, REMOVED))
        bench.shows(bench.plan(), "held", field)
        bench.apply()
        bench.same("after the line has gone", bench.live(), before)
        bench.converge(edited(PLAIN, path, word[0]), *ADOPT)
        bench.same("after the word", at(bench.live(), shown), word[1])

    return Case(f"held/password-policy-{name}", run)


def theirs(bench: Bench) -> None:
    """What somebody has set is changed only with the user's word; what is not set is set without one."""
    bench.iam.create_account_alias(AccountAlias="theirs")
    bench.iam.update_account_password_policy(MinimumPasswordLength=8)
    before = bench.live()
    bench.write(PLAIN)
    bench.shows(bench.apply(code=4), "--adopt account/alias", "--adopt account/password_policy")
    bench.same("after the refusal", bench.live(), before)
    bench.apply(*ADOPT)
    bench.settled()
    bench.same("alias", at(bench.live(), "account/Alias"), "imaging")
    bench.converge(file(account_settings={"alias": "none", "password_policy": "none"}), *ADOPT)
    bench.same("account", bench.live()["account"], {"Alias": None, "PasswordPolicy": None})
    bench.converge(PLAIN)


def left_alone(bench: Bench) -> None:
    """A setting that the file does not name is nobody's business."""
    bench.iam.create_account_alias(AccountAlias="theirs")
    bench.iam.update_account_password_policy(RequireSymbols=True)
    before = bench.live()
    bench.converge(file(account_settings={}))
    bench.converge(file(account_settings={"root": {"access_keys": "none"}}))
    bench.same("account", bench.live(), before)


def root(bench: Bench) -> None:
    """What is not well with the root user is told in every plan and is no change."""
    bench.write(file(account_settings={"root": {"mfa": "required", "access_keys": "none"}}))
    summary = bench.iam.get_account_summary()["SummaryMap"]
    says = [] if summary["AccountMFAEnabled"] else ["mfa", "not enabled", "sign in as root", "1 not as written"]
    for _ in range(2):
        bench.shows(bench.plan(), "Nothing to do", *says)
        bench.shows(bench.apply(), "Nothing to do", *says)


CASES = [
    *[one.case() for one in ROWS + HANDS],
    held("symbols", "require_symbols", "RequireSymbols", (True, True), (False, False)),
    held("length", "minimum_length", "MinimumPasswordLength", (20, 20), (8, 8)),
    held("age", "max_age_days", "MaxPasswordAge", (90, 90), ("none", None)),
    held("reuse", "reuse_prevention", "PasswordReusePrevention", (5, 5), ("none", None)),
    Case("adoption/account", theirs),
    Case("adoption/account-left-alone", left_alone),
    Case("edit/account-root", root),
]
