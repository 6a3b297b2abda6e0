//! Who has shown to be where they say, and how much may be sent to those who have not.
//!
//! A peer proves an address by sending back, from there, a random token that was sent there.
//! Until then it gets no more bytes than came from it, plus an allowance: the pongs that a
//! peer needs to find its NAT type are longer than its pings (some 330 bytes for 250, and twice
//! 380 for 310), and nobody would get anywhere without them. The allowance is
//! [`ALLOWANCE_BYTES`] at first and [`RENEWAL_BYTES`] for each new reflection id, at most each
//! [`ALLOWANCE_PERIOD`]; all addresses together get [`ALLOWANCES_PER_SECOND`] of them: a
//! forger of sources makes us send 64 kB/s more than comes in at the worst. An address that has
//! proved itself begins anew when it has lost our trust; it gets another first allowance for that,
//! which only whoever receives there can bring about.

use std::{collections::BTreeMap, time::Duration};

use rand::Rng;

use crate::relay::{Address, ClusterId, PeerId, SubclusterId, Time, packet::Token};

/// Questions that are open, and what unproved addresses have to their credit.
#[derive(Clone, Debug, Default)]
pub(super) struct Proof {
    /// In boxes: a node of the tree has room for eleven, and most peers have one or two.
    challenges: BTreeMap<Token, Box<Challenge>>,
    /// In the order of their addresses.
    accounts: Vec<(Address, Account)>,
    allowances: Bucket,
    unasked: Bucket,
}

/// A token that is to come back from an address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Challenge {
    pub(super) to: Address,
    pub(super) purpose: Purpose,
    /// Who is expected there, if that is known.
    pub(super) peer: Option<PeerId>,
    /// What the two have in common, if that is why they meet.
    pub(super) subject: Option<Subject>,
    at: Time,
}

/// A subcluster and its cluster.
pub(super) type Subject = (ClusterId, SubclusterId);

/// Why a token was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// For a link.
    Link,
    /// For a link through one of many sockets; all pings have the same token.
    Punch,
    /// As a sign of life.
    Life,
    /// To see who is there.
    Hello,
    /// To see if a peer still is where it was, since somebody says to be it elsewhere.
    Stay,
}

/// What an unproved address has to its credit.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    bytes: u32,
    touched_at: Time,
    allowed_at: Time,
    reflection: Option<Token>,
    reflected_at: Time,
}

impl Challenge {
    /// What a neighbour's sign of life stands for, which was not remembered.
    pub(super) fn of_neighbour(now: Time, to: Address) -> Self {
        Self {
            to,
            purpose: Purpose::Life,
            peer: None,
            subject: None,
            at: now,
        }
    }

    /// What a stranger's token stands for, which was not remembered.
    pub(super) fn of_stranger(
        now: Time,
        to: Address,
        peer: Option<PeerId>,
        subject: Option<Subject>,
    ) -> Self {
        let purpose = Purpose::Link;
        Self {
            to,
            purpose,
            peer,
            subject,
            at: now,
        }
    }
}

impl Account {
    fn credit(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(CREDIT_BYTES_MAX);
        self.bytes = self.bytes.saturating_add(bytes).min(CREDIT_BYTES_MAX);
    }
}

impl Proof {
    /// Makes a token that is to come back from `to`.
    pub(super) fn challenge(
        &mut self,
        now: Time,
        rng: &mut impl Rng,
        challenge: (Address, Purpose, Option<PeerId>, Option<Subject>),
    ) -> Token {
        let token = Token::from_random(rng.random());
        let (to, purpose, peer, subject) = challenge;
        if self.challenges.len() >= CHALLENGES_MAX {
            let mut times: Vec<Time> = self.challenges.values().map(|open| open.at).collect();
            let oldest = eighth(&mut times);
            self.challenges.retain(|_, open| open.at > oldest);
        }
        let challenge = Challenge {
            to,
            purpose,
            peer,
            subject,
            at: now,
        };
        self.challenges.insert(token, Box::new(challenge));
        token
    }

    /// Takes a token that came back: from where it was sent, in time, and once unless many
    /// pings carry it.
    pub(super) fn answer(&mut self, now: Time, token: Token, from: Address) -> Option<Challenge> {
        let challenge = **self.challenges.get(&token)?;
        if challenge.to != from || now.since(challenge.at) > CHALLENGE_LIFE {
            return None;
        }
        if challenge.purpose != Purpose::Punch {
            self.challenges.remove(&token);
            free_empty(&mut self.challenges);
        }
        Some(challenge)
    }

    /// Credits an unproved address with what came from it.
    pub(super) fn earn(&mut self, now: Time, from: Address, bytes: usize) {
        self.account(now, from).credit(bytes);
    }

    /// Gives an unproved address that pings us what our pongs need beyond its credit.
    pub(super) fn allow(&mut self, now: Time, from: Address, reflection: Option<Token>) {
        let account = self.account(now, from);
        let is_first = account.allowed_at == Time::ZERO;
        let is_renewed = reflection.is_some()
            && reflection != account.reflection
            && now.since(account.allowed_at) >= ALLOWANCE_PERIOD;
        if is_first || is_renewed {
            if !self
                .allowances
                .take(now, ALLOWANCES_PER_SECOND, ALLOWANCES_BURST)
            {
                return;
            }
            let more = if is_first {
                ALLOWANCE_BYTES
            } else {
                RENEWAL_BYTES
            };
            let account = self.account(now, from);
            account.credit(more);
            account.allowed_at = now.max(Time::from_micros(1));
        }
    }

    /// Notes that a reflection was answered from our probe socket, too; false if it was before,
    /// or another one just now.
    pub(super) fn reflects(&mut self, now: Time, from: Address, reflection: Token) -> bool {
        let account = self.account(now, from);
        let is_new = account.reflection != Some(reflection)
            && (account.reflected_at == Time::ZERO
                || now.since(account.reflected_at) >= REFLECTION_PERIOD);
        if is_new {
            account.reflection = Some(reflection);
            account.reflected_at = now.max(Time::from_micros(1));
        }
        is_new
    }

    /// Takes bytes from the credit of an unproved address; false if there are too few.
    pub(super) fn spend(&mut self, now: Time, to: Address, bytes: usize) -> bool {
        let account = self.account(now, to);
        let left = u32::try_from(bytes).ok();
        let left = left.and_then(|bytes| account.bytes.checked_sub(bytes));
        account.bytes = left.unwrap_or(account.bytes);
        left.is_some()
    }

    /// Whether one more ping may go where somebody else says that a peer is.
    pub(super) fn may_ping_unasked(&mut self, now: Time) -> bool {
        self.unasked.take(now, UNASKED_PER_SECOND, UNASKED_BURST)
    }

    pub(super) fn challenge_count(&self) -> usize {
        self.challenges.len()
    }

    pub(super) fn account_count(&self) -> usize {
        self.accounts.len()
    }

    /// Lets go of what is over; called now and then so that an idle peer is small.
    pub(super) fn forget_old(&mut self, now: Time) {
        self.challenges
            .retain(|_, open| now.since(open.at) <= CHALLENGE_LIFE);
        free_empty(&mut self.challenges);
    }

    /// Lets go of accounts that nobody has used for long.
    pub(super) fn close_accounts(&mut self, now: Time) {
        self.accounts
            .retain(|(_, account)| now.since(account.touched_at) <= ACCOUNT_LIFE);
        self.accounts.shrink_to_fit();
    }

    /// An address has proved itself and needs no credit; whether its reflections were
    /// answered stays known.
    pub(super) fn close_account(&mut self, address: Address) {
        if let Ok(place) = self.place(address)
            && self.accounts[place].1.reflected_at == Time::ZERO
        {
            self.accounts.remove(place);
        }
    }

    fn account(&mut self, now: Time, address: Address) -> &mut Account {
        let place = self.place(address).unwrap_or_else(|place| {
            let place = if self.accounts.len() < ACCOUNTS_MAX {
                place
            } else {
                self.forget_accounts();
                self.place(address).unwrap_or_else(|place| place)
            };
            if self.accounts.len() == self.accounts.capacity() {
                let more = (self.accounts.len() / 4).max(2);
                self.accounts.reserve_exact(more);
            }
            self.accounts.insert(place, (address, Account::default()));
            place
        });
        let account = &mut self.accounts[place].1;
        account.touched_at = now;
        account
    }

    /// Lets go of the accounts that were not used for the longest time.
    fn forget_accounts(&mut self) {
        let times = self.accounts.iter().map(|(_, own)| own.touched_at);
        let mut times: Vec<Time> = times.collect();
        let oldest = eighth(&mut times);
        self.accounts.retain(|(_, own)| own.touched_at > oldest);
    }

    /// Where an account is, or where it belongs.
    fn place(&self, address: Address) -> Result<usize, usize> {
        self.accounts
            .binary_search_by_key(&address, |(other, _)| *other)
    }
}

/// Gives back what an empty map holds on to, so that a peer at rest is small.
pub(super) fn free_empty<K, V>(map: &mut BTreeMap<K, V>) {
    if map.is_empty() {
        *map = BTreeMap::new();
    }
}

/// The time that an eighth of these are not later than: so many go at once when a table is
/// full, so that a flood does not have it searched for each datagram.
pub(super) fn eighth(times: &mut [Time]) -> Time {
    let place = times.len() / 8;
    let (_, eighth, _) = times.select_nth_unstable(place);
    *eighth
}

/// A token bucket with whole tokens.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket {
    /// When the bucket will be full, so that an untouched one needs nothing.
    full_at: Time,
}

impl Bucket {
    /// Takes a token; false if there is none.
    pub(super) fn take(&mut self, now: Time, per_second: u32, burst: u32) -> bool {
        let each = Duration::from_secs(1) / per_second;
        let full_at = self.full_at.max(now) + each;
        let is_there = full_at.since(now) <= each * burst;
        if is_there {
            self.full_at = full_at;
        }
        is_there
    }
}

/// What a pinging address gets at first beyond what came from it: what finding a NAT type and
/// making a link take beyond that.
pub(super) const ALLOWANCE_BYTES: usize = 1_024;
/// What a new reflection adds: what its two pongs take beyond its ping.
const RENEWAL_BYTES: usize = 512;
/// How often it does.
const ALLOWANCE_PERIOD: Duration = Duration::from_millis(150);
/// How often one address gets the second answer to a reflection.
const REFLECTION_PERIOD: Duration = Duration::from_millis(100);
/// Allowances that all addresses get together, each second.
const ALLOWANCES_PER_SECOND: u32 = 64;
/// Allowances at once, after a time without: a swarm that starts.
const ALLOWANCES_BURST: u32 = 512;
/// Pings a second, and at once, to where others say that a peer is.
const UNASKED_PER_SECOND: u32 = 32;
const UNASKED_BURST: u32 = 256;
/// Tokens that are out at once.
pub(super) const CHALLENGES_MAX: usize = 512;
/// How long a token may take, and that of a whole hole punching.
const CHALLENGE_LIFE: Duration = Duration::from_secs(15);
/// Addresses that have credit.
pub(super) const ACCOUNTS_MAX: usize = 1_024;
/// What an address can have to its credit.
const CREDIT_BYTES_MAX: u32 = 65_536;
/// How long credit is kept.
const ACCOUNT_LIFE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn at(number: u16) -> Address {
        let [high, low] = number.to_be_bytes();
        Address::new(Ipv4Addr::new(1, 1, high, low), 5_000)
    }

    fn seconds(seconds: u64) -> Time {
        Time::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn an_address_gets_what_it_brought_and_one_allowance() {
        let mut proof = Proof::default();
        let now = seconds(1);
        assert!(!proof.spend(now, at(1), 1));
        proof.earn(now, at(1), 100);
        assert!(proof.spend(now, at(1), 100));
        assert!(!proof.spend(now, at(1), 1));
        for number in 0..10 {
            proof.allow(now, at(1), Some(Token::from_random([number; 6])));
        }
        assert!(proof.spend(now, at(1), ALLOWANCE_BYTES));
        assert!(!proof.spend(now, at(1), 1));
        proof.allow(seconds(3), at(1), None);
        assert!(
            !proof.spend(seconds(3), at(1), 1),
            "only a new reflection renews it"
        );
        proof.allow(seconds(3), at(1), Some(Token::from_random([99; 6])));
        assert!(proof.spend(seconds(3), at(1), RENEWAL_BYTES));
        assert!(!proof.spend(seconds(3), at(1), 1));
    }

    #[test]
    fn an_address_that_proved_itself_begins_anew_with_no_credit_and_one_allowance_of_all() {
        let mut proof = Proof::default();
        let now = seconds(1);
        let mut allowed_count = 0;
        for _ in 0..2 * ALLOWANCES_BURST {
            proof.earn(now, at(1), 10_000);
            proof.close_account(at(1));
            assert!(!proof.spend(now, at(1), 1));
            proof.allow(now, at(1), None);
            proof.allow(now, at(1), None);
            allowed_count += u32::from(proof.spend(now, at(1), ALLOWANCE_BYTES));
            assert!(!proof.spend(now, at(1), 1));
        }
        assert_eq!(allowed_count, ALLOWANCES_BURST);
    }

    #[test]
    fn all_addresses_together_get_few_allowances_a_second() {
        let mut proof = Proof::default();
        let count = |proof: &mut Proof, now: Time| {
            let all = 0..2_000;
            all.filter(|number| {
                proof.allow(now, at(*number), Some(Token::from_random([1; 6])));
                proof.spend(now, at(*number), ALLOWANCE_BYTES)
            })
            .count()
        };
        assert_eq!(count(&mut proof, seconds(1)), ALLOWANCES_BURST as usize);
        let later = count(&mut proof, seconds(2));
        assert!(later <= ALLOWANCES_PER_SECOND as usize, "{later}");
        assert!(proof.account_count() <= ACCOUNTS_MAX);
    }

    #[test]
    fn a_token_counts_once_from_its_address_and_in_time() {
        let mut proof = Proof::default();
        let mut rng = StdRng::from_seed([1; 32]);
        let mut ask = |proof: &mut Proof, purpose| {
            proof.challenge(seconds(1), &mut rng, (at(1), purpose, None, None))
        };
        let token = ask(&mut proof, Purpose::Link);
        assert!(proof.answer(seconds(2), token, at(2)).is_none());
        assert!(proof.answer(seconds(2), token, at(1)).is_some());
        assert!(proof.answer(seconds(2), token, at(1)).is_none());
        let late = ask(&mut proof, Purpose::Link);
        assert!(proof.answer(seconds(60), late, at(1)).is_none());
        let many = ask(&mut proof, Purpose::Punch);
        assert!(proof.answer(seconds(2), many, at(1)).is_some());
        assert!(proof.answer(seconds(2), many, at(1)).is_some());
        for _ in 0..2 * CHALLENGES_MAX {
            ask(&mut proof, Purpose::Life);
        }
        assert!(proof.challenge_count() <= CHALLENGES_MAX);
    }
}
