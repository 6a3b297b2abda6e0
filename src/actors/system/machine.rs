//! Questions about the machine and this process, read from `/proc`.

use super::{Question, SystemOptions, parse};
use crate::messages::system::{
    Core, DescribeMachine, ListCores, Machine, Memory, ReadLoad, ReadMemory, ReadUptime, ReadUsage,
    SystemError, Uptime, Usage,
};

impl Question for DescribeMachine {
    type Answer = Machine;

    fn answer(self, _: &SystemOptions) -> Result<Machine, SystemError> {
        let name = rustix::system::uname();
        Ok(Machine {
            sysname: name.sysname().to_string_lossy().into_owned(),
            nodename: name.nodename().to_string_lossy().into_owned(),
            release: name.release().to_string_lossy().into_owned(),
            version: name.version().to_string_lossy().into_owned(),
            machine: name.machine().to_string_lossy().into_owned(),
        })
    }
}

impl Question for ListCores {
    type Answer = Vec<Core>;

    fn answer(self, _: &SystemOptions) -> Result<Vec<Core>, SystemError> {
        const WHAT: &str = "the processor";
        let mut cores = parse::cores(&read(WHAT, "/proc/cpuinfo")?, &read(WHAT, "/proc/stat")?);
        for (index, core) in cores.iter_mut().enumerate() {
            if core.speed == 0 {
                core.speed = nominal_mhz(index);
            }
        }
        Ok(cores)
    }
}

/// The clock as the kernel's frequency driver has it, for processors whose description
/// does not say it; 0 if there is no such driver.
fn nominal_mhz(core: usize) -> u64 {
    let path = format!("/sys/devices/system/cpu/cpu{core}/cpufreq/scaling_cur_freq");
    let khz = std::fs::read_to_string(path).ok();
    khz.and_then(|khz| khz.trim().parse::<u64>().ok())
        .unwrap_or(0)
        / 1000
}

impl Question for ReadMemory {
    type Answer = Memory;

    fn answer(self, _: &SystemOptions) -> Result<Memory, SystemError> {
        const WHAT: &str = "the memory";
        parse::memory(&read(WHAT, "/proc/meminfo")?).ok_or_else(|| garbled(WHAT))
    }
}

impl Question for ReadUptime {
    type Answer = Uptime;

    fn answer(self, _: &SystemOptions) -> Result<Uptime, SystemError> {
        const WHAT: &str = "the uptime";
        let [seconds] =
            parse::numbers(&read(WHAT, "/proc/uptime")?).ok_or_else(|| garbled(WHAT))?;
        Ok(Uptime { seconds })
    }
}

impl Question for ReadLoad {
    type Answer = [f64; 3];

    fn answer(self, _: &SystemOptions) -> Result<[f64; 3], SystemError> {
        const WHAT: &str = "the load";
        parse::numbers(&read(WHAT, "/proc/loadavg")?).ok_or_else(|| garbled(WHAT))
    }
}

impl Question for ReadUsage {
    type Answer = Usage;

    fn answer(self, _: &SystemOptions) -> Result<Usage, SystemError> {
        const WHAT: &str = "the usage";
        let (stat, status) = (
            read(WHAT, "/proc/self/stat")?,
            read(WHAT, "/proc/self/status")?,
        );
        parse::usage(&stat, &status).ok_or_else(|| garbled(WHAT))
    }
}

#[cfg(target_os = "linux")]
fn read(what: &'static str, path: &str) -> Result<String, SystemError> {
    let read = std::fs::read(path);
    let text = read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    text.map_err(|error| SystemError::Unreadable {
        what,
        reason: error.to_string(),
    })
}

#[cfg(not(target_os = "linux"))]
fn read(what: &'static str, _path: &str) -> Result<String, SystemError> {
    Err(SystemError::Unsupported { what })
}

fn garbled(what: &'static str) -> SystemError {
    SystemError::Unreadable {
        what,
        reason: "it is not written as expected".to_owned(),
    }
}
