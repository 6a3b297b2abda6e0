//! The system actor on the machine that runs the tests.

use std::{path::PathBuf, time::Duration};

use socket_runtime::{
    actors::{
        kit::{Handler, Lane, LiveHost, Spec},
        system::{System, SystemOptions},
    },
    messages::{
        Message,
        system::{
            DescribeMachine, DescribeUser, ListCores, ListInterfaces, ListPaths, ReadClock,
            ReadLoad, ReadMemory, ReadUptime, ReadUsage, SystemError,
        },
    },
};

#[track_caller]
fn check<M, T>(question: M, examine: impl FnOnce(T))
where
    M: Message<Reply = Result<T, SystemError>>,
    System: Handler<M>,
{
    let host = LiveHost::start().unwrap();
    let options = SystemOptions {
        resources: PathBuf::from("/app"),
        bundle_identifier: "org.example.app".to_owned(),
    };
    let spec = Spec::new("system", Lane::Files);
    let system = host
        .host()
        .start(spec, move || System::new(options.clone()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = runtime.block_on(async { system.ask(question, Duration::from_secs(20)).await });
    examine(answer.unwrap().unwrap());
    host.stop();
}

#[test]
fn the_machine_has_a_name() {
    check(DescribeMachine, |machine| {
        assert_eq!(machine.sysname, "Linux");
        assert!(!machine.release.is_empty() && !machine.machine.is_empty());
    });
}

#[test]
fn every_core_has_been_busy_or_idle() {
    check(ListCores, |cores| {
        assert!(!cores.is_empty());
        for core in cores {
            assert!(
                core.times.user + core.times.sys + core.times.idle > 0,
                "{core:?}"
            );
        }
    });
}

#[test]
fn memory_is_less_than_all_of_it() {
    check(ReadMemory, |memory| {
        assert!(0 < memory.free && memory.free <= memory.total);
        assert!(memory.available <= memory.total);
    });
}

#[test]
fn uptime_and_load_are_not_negative() {
    check(ReadUptime, |uptime| assert!(uptime.seconds > 0.0));
    check(ReadLoad, |load| {
        assert!(load.iter().all(|load| *load >= 0.0))
    });
}

#[test]
fn this_process_has_used_memory() {
    check(ReadUsage, |usage| {
        assert!(usage.ru_maxrss > 1 << 20, "{usage:?}")
    });
}

#[test]
fn the_loopback_interface_is_internal() {
    check(ListInterfaces, |interfaces| {
        let loopback = &interfaces["lo"][0];
        assert!(loopback.internal);
        assert_eq!(loopback.cidr, "127.0.0.1/8");
        assert_eq!(
            (loopback.netmask.as_str(), loopback.family),
            ("255.0.0.0", "IPv4")
        );
        assert_eq!(loopback.mac, "00:00:00:00:00:00");
    });
}

#[test]
fn the_clock_is_a_decimal_number() {
    check(ReadClock, |time| {
        assert!(time.ns.parse::<u64>().is_ok(), "{time:?}")
    });
}

#[test]
fn the_apps_own_folders_bear_its_name() {
    check(ListPaths, |paths| {
        assert_eq!(paths.resources, PathBuf::from("/app"));
        assert!(
            paths
                .config
                .is_none_or(|config| config.ends_with("org.example.app"))
        );
        assert!(paths.desktop.is_some_and(|desktop| desktop.is_absolute()));
    });
}

#[test]
fn the_user_has_the_number_of_the_process() {
    check(DescribeUser, |user| {
        assert_eq!(user.uid, rustix::process::getuid().as_raw());
    });
}
