//! Ranges of IP addresses.
//!
//! Invariant: an address is in a range of its own family alone.

use std::net::IpAddr;

/// A CIDR block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    length: u32,
}

impl Network {
    /// `203.0.113.0/24`, `2001:db8::/32`, or one address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        let length = match length {
            None => longest,
            Some(length) if length.bytes().all(|byte| byte.is_ascii_digit()) => length.parse().ok()?,
            Some(_) => return None,
        };
        (length <= longest).then_some(Self { address, length })
    }

    /// Whether an address, or all of a range, is in it.
    pub(super) fn has(&self, given: &str) -> bool {
        let Some(given) = Self::parse(given) else { return false };
        if given.length < self.length {
            return false;
        }
        match (self.address, given.address) {
            (IpAddr::V4(own), IpAddr::V4(given)) => {
                let shift = 32 - self.length;
                own.to_bits().checked_shr(shift) == given.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(own), IpAddr::V6(given)) => {
                let shift = 128 - self.length;
                own.to_bits().checked_shr(shift) == given.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn ranges_hold_their_addresses() {
        for (range, address, expected) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.9/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("0.0.0.0/0", "255.1.2.3", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678:9::1", true),
            ("2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1", false),
            ("10.0.0.0/8", "10.0.0.0/16", true),
            ("10.0.0.0/16", "10.0.0.0/8", false),
        ] {
            assert_eq!(
                Network::parse(range).unwrap().has(address),
                expected,
                "{range} {address}"
            );
        }
        for text in ["", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/+8", "::/129", "a", "10.0.0.1/"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
