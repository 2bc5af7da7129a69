//! Cells and inclusion against brute force on small alphabets.

use proptest::prelude::*;

use super::*;

/// All texts over a small alphabet, up to a length.
fn texts(alphabet: &[char], longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        last = last
            .iter()
            .flat_map(|text| alphabet.iter().map(move |letter| format!("{text}{letter}")))
            .collect();
        all.extend(last.clone());
    }
    all
}

const LIMIT: usize = 100_000;

#[test]
fn parts_of_arns_keep_to_themselves() {
    for (pattern, arn, expected) in [
        ("*", "arn:aws:s3:::b", true),
        ("*", "*", true),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y:z", true),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/x", false),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b/x", true),
        (
            "arn:aws:sqs:*:111122223333:q",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            true,
        ),
        ("arn:aws:sqs:*:q", "arn:aws:sqs:eu-west-1:111122223333:q", false),
        ("arn:aws:sqs:*", "arn:aws:sqs:eu-west-1:111122223333:q", true),
        ("arn:aws:s*", "arn:aws:sqs:eu-west-1:111122223333:q", true),
        ("arn:aws:s3:::*", "*", false),
        ("arn:*:s3:::b", "arn:aws:x:s3:::b", false),
        ("arn:aws:lambda:*:*:function:f?", "arn:aws:lambda:r:a:function:f:", true),
        ("arn:aws:iam::?:x", "arn:aws:iam:::x", false),
    ] {
        assert_eq!(Glob::arn(pattern).matches(arn), expected, "{pattern} {arn}");
    }
}

#[test]
fn what_a_variable_stood_for_is_literal() {
    let letters = [Letter::Wild('a'), Letter::Plain('*'), Letter::Wild('*')];
    let glob = Glob::text_of(&letters);
    assert!(glob.matches("a*") && glob.matches("a*x") && !glob.matches("ax"));
}

#[test]
fn cells_name_every_way_to_be_in_and_out() {
    let universe = Glob::arn("arn:aws:s3:::b/*");
    let patterns = [Glob::arn("arn:aws:s3:::b/status/*"), Glob::arn("arn:aws:s3:::*/secret")];
    let found = cells(&universe, &patterns, LIMIT).unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|cell| (cell.members.as_slice(), cell.witness.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (&[false, false][..], "arn:aws:s3:::b/"),
            (&[false, true][..], "arn:aws:s3:::b/secret"),
            (&[true, false][..], "arn:aws:s3:::b/status/"),
            (&[true, true][..], "arn:aws:s3:::b/status/secret"),
        ]
    );
}

#[test]
fn what_follows_a_wildcard_tells_no_patterns_apart() {
    let found = cells(&Glob::arn("*a:"), &[Glob::arn("*:")], LIMIT).unwrap();
    let members: Vec<_> = found.iter().map(|cell| cell.members.as_slice()).collect();
    assert_eq!(members, [&[true][..]]);
}

#[test]
fn a_union_can_cover_what_no_single_pattern_does() {
    let universe = Glob::text("a?");
    assert!(!universe.within_any(&[Glob::text("ab"), Glob::text("ac")]));
    assert!(Glob::text("ab").within_any(&[Glob::text("a*"), Glob::text("c")]));
    assert!(Glob::text("*").within_any(&[Glob::text("?*"), Glob::text("")]));
    assert!(!Glob::text("a*").within(&Glob::text("ab*")) && Glob::text("ab*").within(&Glob::text("a*")));
    assert!(Glob::text("a*z").meets(&Glob::text("*b*")) && !Glob::text("a*").meets(&Glob::text("b*")));
}

#[test]
fn hundreds_of_names_are_no_burden_and_a_hostile_set_is_given_up() {
    let names: Vec<Glob> = (0..300)
        .map(|n| Glob::arn(&format!("arn:aws:s3:::team-{n}-data/*")))
        .collect();
    assert_eq!(cells(&Glob::arn("*"), &names, LIMIT).unwrap().len(), 301);
    let hostile: Vec<Glob> = ('a'..='z').map(|letter| Glob::text(&format!("*{letter}*"))).collect();
    assert_eq!(cells(&Glob::text("*"), &hostile, 10_000), Err(TooMany));
}

fn pattern() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!['a', 'b', ':', '*', '?']), 0..7)
        .prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn a_glob_matches_as_the_plain_walk_does(pattern in pattern(), text in "[ab:]{0,7}") {
        prop_assert_eq!(Glob::text(&pattern).matches(&text), matches(&pattern, &text));
    }

    #[test]
    fn inclusion_and_overlap_agree_with_brute_force(left in pattern(), right in pattern()) {
        // That what is not within has a witness is a property of its own.
        let all = texts(&['a', 'b', ':', 'x'], 6);
        for read in [Glob::text as fn(&str) -> Glob, Glob::arn] {
            let (left, right) = (read(&left), read(&right));
            let inside = all.iter().filter(|text| left.matches(text));
            let (in_both, in_left_only): (Vec<&String>, Vec<&String>) = inside.partition(|text| right.matches(text));
            if left.within(&right) {
                prop_assert!(in_left_only.is_empty(), "{in_left_only:?}");
            }
            if !left.meets(&right) {
                prop_assert!(in_both.is_empty(), "{in_both:?}");
            }
        }
    }

    #[test]
    fn cells_are_disjoint_cover_the_universe_and_hold_their_witness(
        universe in pattern(), patterns in prop::collection::vec(pattern(), 0..4), text in "[abx:]{0,6}",
    ) {
        let universe = Glob::arn(&universe);
        let patterns: Vec<Glob> = patterns.iter().map(|one| Glob::arn(one)).collect();
        let found = cells(&universe, &patterns, LIMIT).unwrap();
        let membership = |text: &str| patterns.iter().map(|one| one.matches(text)).collect::<Vec<_>>();
        for cell in &found {
            prop_assert!(universe.matches(&cell.witness));
            prop_assert_eq!(&membership(&cell.witness), &cell.members);
        }
        if universe.matches(&text) {
            let holding = found.iter().filter(|cell| cell.members == membership(&text)).count();
            prop_assert_eq!(holding, 1);
        }
    }

    #[test]
    fn what_is_not_within_has_a_witness(left in pattern(), right in pattern()) {
        let (left, right) = (Glob::arn(&left), Glob::arn(&right));
        let outside = cells(&left, std::slice::from_ref(&right), LIMIT).unwrap();
        let outside: Vec<_> = outside.iter().filter(|cell| cell.members == [false]).collect();
        prop_assert_eq!(left.within(&right), outside.is_empty());
        for cell in outside {
            prop_assert!(left.matches(&cell.witness) && !right.matches(&cell.witness));
        }
    }
}
