//! One reading session: clients plus everything that several readers share, read at most once.
//!
//! Invariant: a view never outlives the question it was made for; the plan, the stale check and the read-back each make
//! their own.

use futures_util::stream::{FuturesUnordered, StreamExt as _};

use crate::kind::Object;
use crate::kinds::{AnyObject, Member, Visit};

use super::events::EventsView;
use super::iam::IamView;
use super::s3::S3View;
use super::{Aws, Intent};

/// One reading session.
#[derive(Debug)]
pub struct View<'a> {
    /// The clients.
    pub aws: &'a Aws,
    /// What IAM readers share.
    pub iam: IamView,
    /// What S3 readers share.
    pub s3: S3View,
    /// What EventBridge readers share.
    pub events: EventsView,
}

impl<'a> View<'a> {
    /// A session that has read nothing yet.
    #[must_use]
    pub fn new(aws: &'a Aws) -> Self {
        Self {
            aws,
            iam: IamView::default(),
            s3: S3View::default(),
            events: EventsView::default(),
        }
    }

    /// The reading client of IAM.
    #[must_use]
    pub fn iam_client(&self) -> &aws_sdk_iam::Client {
        self.aws.iam(Intent::Read)
    }

    /// Reads all of these, concurrently; the order stays.
    pub async fn read_all(&self, mut objects: Vec<AnyObject>) -> Vec<AnyObject> {
        self.iam
            .expect(objects.iter().filter(|object| object.address().kind.is_iam()).count());
        for object in &objects {
            object.expect(self);
        }
        for (kind, name) in objects.iter().filter_map(|object| object.visit(Bounded)) {
            self.iam.expect_boundary(kind, &name);
        }
        // All at once: the slots of [`Aws::read_slot`] are what limits calls, service by service, so that none waits for
        // another one's.
        let reads: FuturesUnordered<_> = objects.iter_mut().map(|object| object.read(self)).collect();
        reads.collect::<Vec<()>>().await;
        objects
    }
}

/// A thing whose boundary the file speaks of.
struct Bounded;

impl Visit for Bounded {
    type Out = Option<(&'static str, String)>;

    fn visit<K: Member>(self, object: &Object<K>) -> Self::Out {
        let wanted = object.wanted.as_ref()?;
        wanted
            .mentioned
            .contains("permissions_boundary")
            .then(|| (K::NAME, object.id.to_string()))
    }
}
