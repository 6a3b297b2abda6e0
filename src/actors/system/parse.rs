//! Understands the text files in which Linux and Unix describe themselves. Pure.

use crate::messages::system::{Core, CoreTimes, Memory, Usage, User};

/// The cores, from `/proc/cpuinfo` and `/proc/stat`.
pub(super) fn cores(cpuinfo: &str, stat: &str) -> Vec<Core> {
    let models: Vec<&str> = fields(cpuinfo, "model name").collect();
    // Some processors tell their model only once, under another name.
    let only = fields(cpuinfo, "Model")
        .chain(fields(cpuinfo, "Hardware"))
        .next();
    let speeds: Vec<&str> = fields(cpuinfo, "cpu MHz").collect();
    let times = stat.lines().filter_map(core_times);
    let core = |(index, times): (usize, CoreTimes)| Core {
        model: models
            .get(index)
            .copied()
            .or(only)
            .unwrap_or("unknown")
            .to_owned(),
        speed: speeds
            .get(index)
            .and_then(|mhz| mhz.parse::<f64>().ok())
            .unwrap_or(0.0) as u64,
        times,
    };
    times.enumerate().map(core).collect()
}

/// One line of a core in `/proc/stat`; the line of all cores has no number.
fn core_times(line: &str) -> Option<CoreTimes> {
    let (name, rest) = line.split_once(' ')?;
    name.strip_prefix("cpu")?.parse::<u32>().ok()?;
    let [user, nice, sys, idle, _wait, irq] = numbers::<u64, 6>(rest)?.map(|ticks| ticks * TICK_MS);
    Some(CoreTimes {
        user,
        nice,
        sys,
        idle,
        irq,
    })
}

/// The memory, from `/proc/meminfo`.
pub(super) fn memory(meminfo: &str) -> Option<Memory> {
    let bytes = |name| kilobytes(fields(meminfo, name).next()?);
    let free = bytes("MemFree")?;
    // Kernels before 3.14 do not say what is available.
    let available = bytes("MemAvailable").unwrap_or(free);
    Some(Memory {
        available,
        total: bytes("MemTotal")?,
        free,
    })
}

/// What a process has used, from `/proc/<id>/stat` and `/proc/<id>/status`.
pub(super) fn usage(stat: &str, status: &str) -> Option<Usage> {
    // The name of the program comes second, in brackets, and may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut ticks = rest.split_whitespace().skip(11).map(str::parse::<u64>);
    let mut micros = || Some(ticks.next()?.ok()? * TICK_MS * 1000);
    Some(Usage {
        ru_maxrss: kilobytes(fields(status, "VmHWM").next()?)?,
        ru_utime_us: micros()?,
        ru_stime_us: micros()?,
    })
}

/// The user of this number, from `/etc/passwd`.
pub(super) fn user(passwd: &str, uid: u32) -> Option<User> {
    passwd.lines().find_map(|line| {
        let parts: Vec<_> = line.split(':').collect();
        let [username, _, id, gid, _, homedir, shell] = parts.as_slice() else {
            return None;
        };
        (id.parse() == Ok(uid)).then_some(User {
            username: (*username).to_owned(),
            uid,
            gid: gid.parse().ok()?,
            homedir: (*homedir).to_owned(),
            shell: Some((*shell).to_owned()),
        })
    })
}

/// The first numbers of a line.
pub(super) fn numbers<T: std::str::FromStr, const COUNT: usize>(line: &str) -> Option<[T; COUNT]> {
    let mut words = line.split_whitespace();
    let numbers: Option<Vec<_>> = (0..COUNT).map(|_| words.next()?.parse().ok()).collect();
    numbers?.try_into().ok()
}

/// The values of a field, in files of lines such as `name : value`.
fn fields<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then_some(value.trim())
    })
}

/// Bytes of a value such as `12 kB`.
fn kilobytes(value: &str) -> Option<u64> {
    value
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}

/// Milliseconds of a tick: Linux shows programs 100 a second, whatever it counts itself.
const TICK_MS: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_have_model_speed_and_times() {
        let cpuinfo = "processor\t: 0\nmodel name\t: Fast 9\ncpu MHz\t\t: 2400.123\n\n\
                       processor\t: 1\nmodel name\t: Fast 9\ncpu MHz\t\t: 800.0\n";
        let stat =
            "cpu  3 3 3 3 3 3 0 0 0 0\ncpu0 1 2 3 4 5 6 7 0 0 0\ncpu1 0 0 0 9 0 0 0 0\nintr 5\n";
        let cores = cores(cpuinfo, stat);
        assert_eq!(cores.len(), 2);
        assert_eq!((cores[0].model.as_str(), cores[0].speed), ("Fast 9", 2400));
        let times = CoreTimes {
            user: 10,
            nice: 20,
            sys: 30,
            idle: 40,
            irq: 60,
        };
        assert_eq!(cores[0].times, times);
        assert_eq!((cores[1].speed, cores[1].times.idle), (800, 90));
    }

    #[test]
    fn a_board_names_its_model_once() {
        let cores = cores(
            "processor : 0\nprocessor : 1\nModel : Berry 5\n",
            "cpu0 1 1 1 1 1 1\n",
        );
        assert_eq!((cores[0].model.as_str(), cores[0].speed), ("Berry 5", 0));
    }

    #[test]
    fn memory_is_in_bytes() {
        let meminfo = "MemTotal:       16 kB\nMemFree:         4 kB\nMemAvailable:    8 kB\n";
        let expected = Memory {
            available: 8192,
            total: 16384,
            free: 4096,
        };
        assert_eq!(memory(meminfo), Some(expected));
        assert_eq!(
            memory("MemTotal: 16 kB\nMemFree: 4 kB\n").map(|m| m.available),
            Some(4096)
        );
        assert_eq!(memory(""), None);
    }

    #[test]
    fn usage_survives_a_program_name_with_brackets() {
        let stat = "7 (a ) b) S 1 2 3 4 5 6 7 8 9 10 25 50 0 0";
        let expected = Usage {
            ru_maxrss: 2048,
            ru_utime_us: 250_000,
            ru_stime_us: 500_000,
        };
        assert_eq!(
            usage(stat, "Name:\tx\nVmHWM:\t       2 kB\n"),
            Some(expected)
        );
        assert_eq!(usage("7 (x) S 1", "VmHWM: 2 kB\n"), None);
    }

    #[test]
    fn a_user_is_found_by_number() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:100:A, B:/home/ada:/bin/zsh\nodd\n";
        let user = user(passwd, 1000).unwrap();
        assert_eq!((user.username.as_str(), user.gid), ("ada", 100));
        assert_eq!(
            (user.homedir.as_str(), user.shell.as_deref()),
            ("/home/ada", Some("/bin/zsh"))
        );
        assert_eq!(super::user(passwd, 1), None);
    }

    #[test]
    fn numbers_are_all_there_or_none() {
        assert_eq!(numbers("0.5 1 2.25 1/99 7"), Some([0.5, 1.0, 2.25]));
        assert_eq!(numbers::<f64, 3>("0.5 1"), None);
        assert_eq!(numbers::<f64, 1>("x"), None);
    }
}
