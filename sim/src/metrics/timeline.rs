//! Sums over time in a bounded number of equal buckets.
//!
//! Nobody knows at the start how long a run will be, so a timeline begins with buckets of one
//! second and doubles their width whenever it would have more than [`BUCKET_COUNT_MAX`].

use serde::{Deserialize, Serialize};

/// Several columns of sums, bucketed by virtual time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Width of a bucket in microseconds: one second times a power of two.
    pub width_us: u64,
    /// Columns in each row.
    pub column_count: usize,
    /// Row after row, `column_count` sums each.
    pub sums: Vec<u64>,
}

impl Timeline {
    /// An empty timeline of `column_count` columns.
    #[must_use]
    pub fn new(column_count: usize) -> Self {
        Self {
            width_us: WIDTH_US_MIN,
            column_count,
            sums: Vec::new(),
        }
    }

    /// Adds `amount` to a column at a time.
    #[inline]
    pub fn add(&mut self, now_us: u64, column: usize, amount: u64) {
        let index = self.row(now_us) * self.column_count + column;
        self.sums[index] += amount;
    }

    /// How many buckets have begun.
    #[must_use]
    pub fn bucket_count(&self) -> usize {
        self.sums.len() / self.column_count.max(1)
    }

    /// The sums of one bucket, column by column.
    #[must_use]
    pub fn bucket(&self, index: usize) -> &[u64] {
        &self.sums[index * self.column_count..(index + 1) * self.column_count]
    }

    /// Adds all of `other`, at the coarser width of the two.
    pub fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        while self.width_us < other.width_us {
            self.halve();
        }
        while other.width_us < self.width_us {
            other.halve();
        }
        self.sums.resize(self.sums.len().max(other.sums.len()), 0);
        for (sum, more) in self.sums.iter_mut().zip(&other.sums) {
            *sum += more;
        }
    }

    /// The bucket of a time, made if it is not there yet.
    fn row(&mut self, now_us: u64) -> usize {
        while now_us / self.width_us >= BUCKET_COUNT_MAX {
            self.halve();
        }
        let row = (now_us / self.width_us) as usize;
        let needed = (row + 1) * self.column_count;
        if self.sums.len() < needed {
            self.sums.resize(needed, 0);
        }
        row
    }

    /// Makes one bucket of each two.
    fn halve(&mut self) {
        self.width_us *= 2;
        let columns = self.column_count;
        let row_count = self.bucket_count();
        for row in 0..row_count {
            for column in 0..columns {
                let sum = std::mem::take(&mut self.sums[row * columns + column]);
                self.sums[row / 2 * columns + column] += sum;
            }
        }
        self.sums.truncate(row_count.div_ceil(2) * columns);
    }
}

/// Above this many buckets, each two become one.
pub const BUCKET_COUNT_MAX: u64 = 512;
const WIDTH_US_MIN: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_loses_resolution_but_no_sum() {
        let mut timeline = Timeline::new(2);
        for second in 0..100_000 {
            timeline.add(second * 1_000_000, (second % 2) as usize, 3);
        }
        assert!(timeline.bucket_count() as u64 <= BUCKET_COUNT_MAX);
        assert_eq!(timeline.width_us, 256_000_000);
        assert_eq!(timeline.bucket(0), [128 * 3, 128 * 3]);
        assert_eq!(timeline.sums.iter().sum::<u64>(), 300_000);
    }

    #[test]
    fn timelines_of_different_widths_add_up() {
        let (mut short, mut long) = (Timeline::new(1), Timeline::new(1));
        short.add(5_000_000, 0, 7);
        long.add(1_000_000_000, 0, 1);
        long.add(5_000_000, 0, 1);
        short.merge(&long);
        assert_eq!(short.width_us, 2_000_000);
        assert_eq!(short.bucket(2), [8]);
        assert_eq!(short.bucket(500), [1]);
    }
}
