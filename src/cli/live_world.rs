//! The account as it is, for questions of access.
//!
//! Invariant: a list that was refused is told; a thing that could not be read stays in the world as unread.

use futures_util::future::join_all;

use crate::access::{Reach, World};
use crate::aws::{Aws, View};
use crate::kind::{Form, Object, Scope};
use crate::kinds::{AnyObject, KindName, Member, Visit};
use crate::names::{Arn, Region};

/// Everybody in the account, and the resources with policies that a question may be about.
pub(crate) async fn read(aws: &Aws, region: &Region, resource: &str) -> (World, Vec<String>) {
    let home = &aws.connection.home;
    let view = View::new(aws);
    // What is in a region is looked for where the question says, or else in the default one.
    let named = resource.split(':').nth(3).and_then(|part| Region::parse(part).ok());
    let region = named.as_ref().unwrap_or(region);
    let kinds = KindName::ALL.iter().filter(|kind| is_asked(**kind, resource));
    let lists = join_all(kinds.map(async |kind| (kind, kind.list(&view, region).await))).await;
    let (mut objects, mut unread) = (Vec::new(), Vec::new());
    for (kind, listed) in lists {
        match listed {
            Ok(listed) => objects.extend(listed.into_iter().filter_map(|one| one.object.ok())),
            Err(error) => unread.push(format!("{}: {error}", kind.section().key)),
        }
    }
    objects.retain(|object| object.address().kind.is_iam() || is_meant(object, home, resource));
    let objects = view.read_all(objects).await;
    (World::live(&objects, home), unread)
}

/// Identities always; of resources, those of the service that the question names.
fn is_asked(kind: KindName, resource: &str) -> bool {
    let section = kind.section();
    if matches!(section.form, Form::Settings) {
        return false;
    }
    let service = resource.split(':').nth(2).unwrap_or("*");
    let is_regional_elsewhere = section.scope == Scope::Regional && service != "*" && service != section.service;
    kind.is_iam() || (!is_regional_elsewhere && crate::policy_doc::matches(service, section.service))
}

fn is_meant(object: &AnyObject, home: &crate::kind::Home, resource: &str) -> bool {
    struct Named<'a>(&'a crate::kind::Home);
    impl Visit for Named<'_> {
        type Out = Arn;
        fn visit<K: Member>(self, object: &Object<K>) -> Arn {
            K::arn(&object.id, None, self.0)
        }
    }
    !Reach::of(resource, &object.visit(Named(home))).inside.is_empty()
}
