//! Machines on a public segment and behind real NATs, in network namespaces of the kernel.
//!
//! Needs no root where the kernel gives users namespaces of their own. A lab is one shell in
//! new namespaces; each machine is a network namespace inside, wired up by `ip` and, for a
//! router, made a NAT of its kind by `nft`. All of it is gone when the shell has ended.

use std::{
    cell::{Cell, RefCell},
    env,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A public segment with whatever is attached to it.
pub(crate) struct Lab {
    shell: Child,
    input: RefCell<ChildStdin>,
    output: RefCell<BufReader<ChildStdout>>,
    enter: Vec<String>,
    machine_count: Cell<u8>,
}

/// One machine of a lab.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    name: String,
    address: String,
    enter: Vec<String>,
}

/// What a machine is behind, from the softest to the hardest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nat {
    /// A full cone: one mapping for all, and everybody may answer.
    Unrestricted,
    /// One mapping for all; whose address was written to from a port may answer to that port.
    Address,
    /// One mapping for all; what address and port was written to may answer.
    Port,
    /// A mapping for each endpoint that is written to, at a random port.
    Endpoint,
}

impl Lab {
    /// Starts a lab. `None` only if the environment says that this machine cannot have one;
    /// otherwise a machine that cannot fails the test.
    #[track_caller]
    pub(crate) fn start() -> Option<Self> {
        let problem = match Self::try_start(&["-U", "-r", "-n", "-m"], &["-U"]) {
            Ok(lab) => return Some(lab),
            Err(problem) => problem,
        };
        // Root may do it without a user namespace.
        if let Ok(lab) = Self::try_start(&["-n", "-m"], &[]) {
            return Some(lab);
        }
        let is_excused = env::var_os(EXCUSE).is_some_and(|value| value == "1");
        assert!(
            is_excused,
            "this machine gives no network namespaces with NAT: {problem}\n\
             hint: it takes unprivileged user namespaces (or root), iproute2 and nftables; \
             where that is impossible, set {EXCUSE}=1 to go without these tests"
        );
        None
    }

    fn try_start(namespaces: &[&str], enter: &[&str]) -> Result<Self, String> {
        // Debian keeps `ip` and `nft` where only root looks.
        let path = env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("unshare")
            .env("PATH", format!("{path}:/usr/sbin:/sbin"))
            .args(namespaces)
            .args(["--fork", "--kill-child", "--", "sh"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("unshare: {error}"))?;
        let mut lab = Self {
            input: RefCell::new(shell.stdin.take().unwrap()),
            output: RefCell::new(BufReader::new(shell.stdout.take().unwrap())),
            shell,
            enter: Vec::new(),
            machine_count: Cell::new(0),
        };
        let pid = lab.try_run("echo $$")?;
        let target = ["nsenter", "--target", pid.trim(), "-m"];
        let keep = ["--preserve-credentials"]
            .iter()
            .filter(|_| !enter.is_empty());
        let words = target.iter().chain(enter).chain(keep);
        lab.enter = words.map(ToString::to_string).collect();
        lab.try_run(
            "mount -t tmpfs lab /run && mkdir -p /run/netns && nft list ruleset && \
             ip link add wan type bridge && ip link set wan up && ip link set lo up",
        )?;
        Ok(lab)
    }

    /// Runs shell commands outside all machines.
    fn try_run(&self, script: &str) -> Result<String, String> {
        let mut input = self.input.borrow_mut();
        let said = input.write_all(format!("( {script}\n) 2>&1; echo \"=$?\"\n").as_bytes());
        said.map_err(|error| format!("the shell is gone: {error}"))?;
        let mut text = String::new();
        for line in BufReader::by_ref(&mut self.output.borrow_mut()).lines() {
            let line = line.map_err(|error| error.to_string())?;
            match line.strip_prefix('=') {
                Some("0") => return Ok(text),
                Some(_) => return Err(text),
                None => text = format!("{text}{line}\n"),
            }
        }
        Err(format!("the shell has ended: {text}"))
    }

    #[track_caller]
    fn run(&self, script: &str) {
        self.try_run(script)
            .unwrap_or_else(|problem| panic!("{script}\n{problem}"));
    }

    /// Attaches a machine to the public segment.
    #[track_caller]
    pub(crate) fn public(&self) -> Machine {
        self.attach("public")
    }

    /// Attaches a router of that kind, with one machine behind it.
    #[track_caller]
    pub(crate) fn behind(&self, nat: Nat) -> Machine {
        let router = self.attach("router");
        let (name, lan) = (format!("home{}", router.name), "lan");
        let Machine { name: router, .. } = router;
        self.run(&format!(
            "set -e
             ip netns add {name}
             ip link add {lan} netns {router} type veth peer name eth0 netns {name}
             ip -n {router} addr add {GATEWAY}/24 dev {lan}
             ip -n {router} link set {lan} up
             ip -n {name} addr add {INSIDE}/24 dev eth0
             ip -n {name} link set eth0 up
             ip -n {name} link set lo up
             ip -n {name} route add default via {GATEWAY}
             nsenter --net=/run/netns/{router} sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
             nsenter --net=/run/netns/{router} nft -f - <<'RULES'\n{}\nRULES",
            nat.rules()
        ));
        self.machine(name, INSIDE)
    }

    /// Makes a network namespace with an address on the public segment.
    #[track_caller]
    fn attach(&self, role: &str) -> Machine {
        let number = self.machine_count.get() + 1;
        self.machine_count.set(number);
        let (name, address) = (format!("{role}{number}"), format!("198.51.100.{number}"));
        self.run(&format!(
            "set -e
             ip netns add {name}
             ip link add port{number} type veth peer name wan netns {name}
             ip link set port{number} master wan up
             ip -n {name} addr add {address}/24 dev wan
             ip -n {name} link set wan up
             ip -n {name} link set lo up"
        ));
        self.machine(name, &address)
    }

    fn machine(&self, name: String, address: &str) -> Machine {
        Machine {
            name,
            address: address.to_owned(),
            enter: self.enter.clone(),
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

impl Machine {
    /// Its own address, which is a private one behind a router.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// A program that will run on it. Entering takes no process of its own.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(&self.enter[0]);
        command.args(&self.enter[1..]);
        command.arg("--").arg("nsenter");
        command.arg(format!("--net=/run/netns/{}", self.name));
        command.arg("--").arg(program);
        command
    }
}

impl Nat {
    /// All kinds, from the softest to the hardest.
    pub(crate) const ALL: [Self; 4] = [
        Self::Unrestricted,
        Self::Address,
        Self::Port,
        Self::Endpoint,
    ];

    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unrestricted => "UNRESTRICTED",
            Self::Address => "ADDR_RESTRICTED",
            Self::Port => "PORT_RESTRICTED",
            Self::Endpoint => "ENDPOINT_RESTRICTED",
        }
    }

    /// What makes a router such a NAT. What is not let in is dropped before the kernel remembers
    /// it: a remembered datagram would take the port that an answer to it needs.
    fn rules(self) -> String {
        let random = if self == Self::Endpoint {
            "fully-random"
        } else {
            ""
        };
        let inwards = match self {
            Self::Unrestricted => format!("iifname wan meta l4proto udp dnat to {INSIDE}"),
            Self::Address => {
                format!("iifname wan ip saddr . udp dport @contacted dnat to {INSIDE}")
            }
            Self::Port | Self::Endpoint => String::new(),
        };
        format!(
            "table ip box {{
                set contacted {{ type ipv4_addr . inet_service; flags dynamic,timeout; timeout 5m; }}
                chain outwards {{
                    type nat hook postrouting priority srcnat;
                    oifname wan masquerade {random}
                }}
                chain inwards {{
                    type nat hook prerouting priority dstnat;
                    {inwards}
                }}
                chain through {{
                    type filter hook forward priority filter;
                    oifname wan update @contacted {{ ip daddr . udp sport }}
                }}
                chain in {{
                    type filter hook input priority filter;
                    iifname wan drop
                }}
            }}"
        )
    }
}

/// Set to 1 where there can be no lab.
const EXCUSE: &str = "RUNTIME_TEST_NO_NETNS";
/// The router as the machine behind it sees it.
const GATEWAY: &str = "10.0.0.1";
/// The machine behind a router.
const INSIDE: &str = "10.0.0.2";
