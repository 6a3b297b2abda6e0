//! Remembers what was seen lately, within a bound.
//!
//! Two generations: what is new or looked at goes into the young one; when that is half of
//! the bound, it becomes the old one and the old one is forgotten. Every step is O(1), and
//! nothing is allocated before something is remembered.
//!
//! Keys are hashed with a secret of the peer, so that nobody on the network can choose keys
//! that collide.
//! Invariant: the order of a map reaches no output; there is no way to iterate.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash},
};

use rand::RngCore;
use siphasher::sip::SipHasher13;

/// A bounded map of what was seen lately.
#[derive(Clone, Debug)]
pub(super) struct Recent<K, V> {
    young: HashMap<K, V, Secret>,
    /// Made when the young one is first full, which that of most peers never is.
    old: Option<Box<Generation<K, V>>>,
    count_max: usize,
}

/// What was put in or used within the same time.
#[derive(Clone, Debug)]
struct Generation<K, V>(HashMap<K, V, Secret>);

/// The secret that keys are hashed with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Secret(u64, u64);

impl Secret {
    /// A secret from a seeded generator.
    pub(super) fn new(random: &mut impl RngCore) -> Self {
        Self(random.next_u64(), random.next_u64())
    }
}

impl BuildHasher for Secret {
    type Hasher = SipHasher13;

    fn build_hasher(&self) -> SipHasher13 {
        SipHasher13::new_with_keys(self.0, self.1)
    }
}

impl<K: Hash + Eq, V> Recent<K, V> {
    /// A map that never holds more than `count_max` entries, and always the latest half of that.
    #[must_use]
    pub(super) fn new(secret: Secret, count_max: usize) -> Self {
        Self {
            young: HashMap::with_hasher(secret),
            old: None,
            count_max: count_max.max(2),
        }
    }

    /// Stands for a key that is long, and cannot be chosen to collide with another's.
    #[must_use]
    pub(super) fn hash_of(&self, key: impl Hash) -> u64 {
        self.young.hasher().hash_one(key)
    }

    /// Remembers a value; gives back what was there under the same key.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let before = self.take_old(&key);
        let before = self.young.insert(key, value).or(before);
        self.age();
        before
    }

    /// The value of a key, made young again.
    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let old = self.old.as_mut();
        if let Some((key, value)) = old.and_then(|old| old.0.remove_entry(key)) {
            self.young.insert(key, value);
            self.age();
        }
        // It may have become old in this very step.
        if self.young.contains_key(key) {
            return self.young.get_mut(key);
        }
        self.old.as_mut()?.0.get_mut(key)
    }

    /// The value of a key, or a new one; it is young again.
    pub(super) fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        if self.young.len() >= self.count_max / 2 && !self.young.contains_key(&key) {
            self.turn();
        }
        let before = self.take_old(&key);
        self.young
            .entry(key)
            .or_insert_with(|| before.unwrap_or_else(make))
    }

    /// The same. A map that is small and would have to grow forgets before that whatever is
    /// `idle`, and so stays small.
    pub(super) fn get_or_insert_pruned(
        &mut self,
        key: K,
        make: impl FnOnce() -> V,
        is_idle: impl Fn(&V) -> bool,
    ) -> &mut V {
        let count = self.young.len();
        let is_small = count > 0 && count <= PRUNED_MAX;
        if is_small && count == self.young.capacity() && !self.young.contains_key(&key) {
            self.young.retain(|_, value| !is_idle(value));
        }
        self.get_or_insert_with(key, make)
    }

    /// Forgets a key.
    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let young = self.young.remove(key);
        young.or_else(|| self.old.as_mut()?.0.remove(key))
    }

    /// The value of a key.
    #[must_use]
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        let young = self.young.get(key);
        young.or_else(|| self.old.as_ref()?.0.get(key))
    }

    /// Whether a key is remembered.
    #[must_use]
    pub(super) fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// How many keys are remembered.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.as_ref().map_or(0, |old| old.0.len())
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Most peers never fill the young generation; then nothing is hashed for the old one.
    fn take_old(&mut self, key: &K) -> Option<V> {
        let old = self.old.as_mut().filter(|old| !old.0.is_empty());
        old?.0.remove(key)
    }

    fn age(&mut self) {
        if self.young.len() >= self.count_max / 2 {
            self.turn();
        }
    }

    fn turn(&mut self) {
        let secret = *self.young.hasher();
        let old = self
            .old
            .get_or_insert_with(|| Box::new(Generation(HashMap::with_hasher(secret))));
        std::mem::swap(&mut self.young, &mut old.0);
        self.young.clear();
    }
}

/// Up to here a map is looked through before it grows.
const PRUNED_MAX: usize = 28;

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn recent(count_max: usize) -> Recent<u32, u32> {
        Recent::new(Secret::new(&mut StdRng::seed_from_u64(1)), count_max)
    }

    #[test]
    fn it_never_holds_more_than_its_bound() {
        let mut map = recent(16);
        for key in 0..1000 {
            map.insert(key, key);
            assert!(map.len() <= 16, "{} at {key}", map.len());
            map.get_or_insert_with(key / 2, || key);
            assert!(map.len() <= 16, "{} at {key}", map.len());
        }
    }

    #[test]
    fn the_latest_half_is_always_there() {
        let mut map = recent(16);
        for key in 0..1000 {
            map.insert(key, key * 2);
            for back in key.saturating_sub(7)..=key {
                assert_eq!(map.get(&back), Some(&(back * 2)));
            }
        }
    }

    #[test]
    fn what_is_looked_at_stays() {
        let mut map = recent(8);
        map.insert(7777, 1);
        for key in 0..100 {
            map.insert(key, key);
            assert_eq!(map.get_mut(&7777), Some(&mut 1), "after {key}");
        }
        assert_eq!(map.insert(7777, 2), Some(1));
        assert_eq!(map.remove(&7777), Some(2));
        assert!(!map.contains(&7777));
    }

    #[test]
    fn an_empty_one_allocates_nothing() {
        let map = recent(1 << 20);
        assert!(map.is_empty());
        assert_eq!((map.young.capacity(), map.old.is_none()), (0, true));
    }

    #[test]
    fn a_small_one_forgets_what_is_idle_before_it_grows() {
        let mut map = recent(1 << 20);
        for key in 0..1000 {
            let is_idle = |value: &u32| *value != 0;
            map.get_or_insert_pruned(key, || key, is_idle);
            assert_eq!(map.get(&0), Some(&0));
        }
        assert!(map.young.capacity() < 8);
        for key in 0..1000 {
            map.get_or_insert_pruned(key, || key, |_| false);
        }
        assert!(map.len() >= 1000);
    }
}
