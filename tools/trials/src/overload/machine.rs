//! The machine's resources for the load tool and the server: cores and open files.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit of open files of this process and its children to the maximum. Each connection
/// is an open file.
pub fn open_many_files() -> anyhow::Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = maximum;
    Ok(setrlimit(Resource::Nofile, Rlimit { current, maximum })?)
}

/// The division of cores: the load tool gets one, the server and its database get the others.
///
/// The server therefore has the same share of the machine during the overload as before, as if the
/// load came from another machine.
///
/// Applies on Linux with at least two cores. Otherwise both use all cores.
#[derive(Debug)]
pub struct Cores(Option<linux::Parts>);

impl Cores {
    pub fn divide() -> anyhow::Result<Self> {
        Ok(Self(linux::divide()?))
    }

    /// Returns the number of cores of the server. Returns `None` if the cores are not divided.
    pub fn of_server(&self) -> Option<u32> {
        Some(self.0.as_ref()?.of_server.count())
    }

    /// Assigns the server's cores to this thread and to what it starts from now on.
    pub fn for_server(&self) -> anyhow::Result<()> {
        self.0
            .as_ref()
            .map_or(Ok(()), |parts| linux::run_on(&parts.of_server))
    }

    /// Assigns the load tool's core to this thread and to what it starts from now on.
    pub fn for_tool(&self) -> anyhow::Result<()> {
        self.0
            .as_ref()
            .map_or(Ok(()), |parts| linux::run_on(&parts.of_tool))
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    #[derive(Debug)]
    pub struct Parts {
        pub of_server: CpuSet,
        pub of_tool: CpuSet,
    }

    pub fn divide() -> anyhow::Result<Option<Parts>> {
        let all = sched_getaffinity(None)?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core));
        let (Some(_), Some(last)) = (cores.next(), cores.next_back()) else {
            return Ok(None);
        };
        let (mut of_server, mut of_tool) = (all, CpuSet::new());
        of_server.unset(last);
        of_tool.set(last);
        Ok(Some(Parts { of_server, of_tool }))
    }

    pub fn run_on(cores: &CpuSet) -> anyhow::Result<()> {
        Ok(sched_setaffinity(None, cores)?)
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    use std::convert::Infallible;

    #[derive(Debug)]
    pub struct Parts {
        pub of_server: Set,
        pub of_tool: Set,
    }

    #[derive(Debug)]
    pub struct Set(Infallible);

    impl Set {
        pub fn count(&self) -> u32 {
            match self.0 {}
        }
    }

    pub fn divide() -> anyhow::Result<Option<Parts>> {
        Ok(None)
    }

    pub fn run_on(cores: &Set) -> anyhow::Result<()> {
        match cores.0 {}
    }
}
