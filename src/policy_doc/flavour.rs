//! Where a policy stands, which decides what it must and may say.
//!
//! Invariant: only what AWS refuses is refused here. Limits that AWS has lifted are none: since September 2025 a service
//! control policy takes the whole language but for principals (AWS Organizations, "SCP syntax").

/// Where a policy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flavour {
    /// Attached to a user, group or role.
    Identity,
    /// A permissions boundary: the grammar of [`Flavour::Identity`].
    Boundary,
    /// Passed when a session is made: the grammar of [`Flavour::Identity`].
    Session,
    /// Attached to a bucket, bus or other resource.
    Resource,
    /// A role's trust policy.
    Trust,
    /// A service control policy of an organisation: no principals, and always of version 2012-10-17.
    Scp,
    /// A resource control policy of an organisation: denies, to the principal `*` alone, without `NotAction` and
    /// `NotPrincipal`, and is always of version 2012-10-17 (AWS Organizations, "RCP syntax").
    Rcp,
    /// Attached to a VPC endpoint; it must name a principal (AWS `PrivateLink`, "Control access using endpoint policies").
    Endpoint,
}

/// Whether an element stands in a policy of some flavour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It must.
    Required,
    /// It must not.
    Forbidden,
}

impl Flavour {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Boundary,
        Self::Session,
        Self::Resource,
        Self::Trust,
        Self::Scp,
        Self::Rcp,
        Self::Endpoint,
    ];

    /// What messages call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "an identity policy",
            Self::Boundary => "a permissions boundary",
            Self::Session => "a session policy",
            Self::Resource => "a resource policy",
            Self::Trust => "a trust policy",
            Self::Scp => "a service control policy",
            Self::Rcp => "a resource control policy",
            Self::Endpoint => "an endpoint policy",
        }
    }

    /// `Principal` or `NotPrincipal`.
    #[must_use]
    pub const fn principal(self) -> Part {
        match self {
            Self::Identity | Self::Boundary | Self::Session | Self::Scp => Part::Forbidden,
            Self::Resource | Self::Trust | Self::Rcp | Self::Endpoint => Part::Required,
        }
    }

    /// `Resource` or `NotResource`.
    #[must_use]
    pub const fn resource(self) -> Part {
        match self {
            Self::Trust => Part::Forbidden,
            Self::Identity
            | Self::Boundary
            | Self::Session
            | Self::Resource
            | Self::Scp
            | Self::Rcp
            | Self::Endpoint => Part::Required,
        }
    }

    /// Whether the organisation's own rules apply: the version must be written, and be 2012-10-17.
    #[must_use]
    pub const fn is_of_organisation(self) -> bool {
        matches!(self, Self::Scp | Self::Rcp)
    }
}
