//! Tokens that take no memory: for strangers, and for neighbours who are asked for a sign of life.
//!
//! Whoever asks for a link is sent a token, and may have forged its address. If each of these
//! tokens were remembered, a flood of forged pings would push out those that our own pings
//! wait for, and no link could be made any more. So a stranger's token is a hash, with a secret
//! of ours, of its address and the time: from what comes back it can be seen that it is ours.
//!
//! It may come back more than once, for as long as it is valid; that shows nothing new. The same
//! goes for signs of life, of which an indexed peer may await thousands at once; their secret
//! is another one.

use std::hash::BuildHasher as _;

use super::recent::Secret;
use crate::relay::{Address, Time, packet::Token};

/// Makes and knows the tokens for one purpose.
#[derive(Clone, Debug)]
pub(super) struct Cookies(Secret);

impl Cookies {
    pub(super) fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// The token for an address now, as bytes.
    pub(super) fn make(&self, now: Time, to: Address) -> [u8; 6] {
        self.at(now.as_micros() / PERIOD_MICROS, to)
    }

    /// Whether a token was made for this address in the current period or the one before.
    pub(super) fn is_valid(&self, now: Time, token: Token, from: Address) -> bool {
        let period = now.as_micros() / PERIOD_MICROS;
        let periods = [Some(period), period.checked_sub(1)];
        let mut periods = periods.into_iter().flatten();
        periods.any(|period| Token::from_random(self.at(period, from)) == token)
    }

    fn at(&self, period: u64, to: Address) -> [u8; 6] {
        let place = (to.ip().octets(), to.port());
        let [a, b, c, d, e, f, ..] = self.0.hash_one((place, period)).to_be_bytes();
        [a, b, c, d, e, f]
    }
}

/// How long a token is made for one address.
const PERIOD_MICROS: u64 = 8_000_000;

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_token_is_valid_for_its_address_and_a_while() {
        let make = |seed| Cookies::new(Secret::new(&mut StdRng::seed_from_u64(seed)));
        let (own, other) = (make(1), make(2));
        let here = Address::new(Ipv4Addr::new(1, 1, 1, 1), 5_000);
        let port = Address::new(*here.ip(), 5_001);
        let now = Time::from_micros(3 * PERIOD_MICROS - 1);
        let token = Token::from_random(own.make(now, here));
        let later = |periods| Time::from_micros(now.as_micros() + periods * PERIOD_MICROS);
        assert!(own.is_valid(now, token, here) && own.is_valid(later(1), token, here));
        assert!(!own.is_valid(now, token, port), "another port");
        assert!(!own.is_valid(later(2), token, here), "long past");
        assert!(!other.is_valid(now, token, here), "somebody else's");
    }
}
