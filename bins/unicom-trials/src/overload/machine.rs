//! What the load tool and the server get of the machine: cores, and open files.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Lets this process, and those that it starts, open as many files as it may: a connection is one.
pub fn open_many_files() -> anyhow::Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = maximum;
    Ok(setrlimit(Resource::Nofile, Rlimit { current, maximum })?)
}

/// Who runs on which cores: the server and its database on all but one, the load tool on that one. So the server has as
/// much of the machine while it is overloaded as before, as if the load came from elsewhere.
///
/// On Linux, where there are two cores at the least; elsewhere both run on all of them.
#[derive(Debug)]
pub struct Cores(Option<linux::Parts>);

impl Cores {
    pub fn divide() -> anyhow::Result<Self> {
        Ok(Self(linux::divide()?))
    }

    /// How many the server has for itself.
    pub fn of_server(&self) -> Option<u32> {
        Some(self.0.as_ref()?.of_server.count())
    }

    /// What this thread starts from now on is the server's.
    pub fn for_server(&self) -> anyhow::Result<()> {
        self.0
            .as_ref()
            .map_or(Ok(()), |parts| linux::run_on(&parts.of_server))
    }

    /// This thread, and what it starts from now on, is the load tool's.
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
