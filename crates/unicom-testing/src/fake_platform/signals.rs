//! The signals that [`FakePlatform`] gets.

use unicom_core::platform::Signal;
use unicom_models::Address;

use super::FakePlatform;

impl FakePlatform {
    /// Lets signals never end.
    #[must_use]
    pub fn with_hanging_signals(self) -> Self {
        self.state().signals.hang = true;
        self
    }

    /// Returns the signals in order, each with the address of its chat.
    pub fn signals(&self) -> Vec<(String, Signal)> {
        self.state().signals.shown.clone()
    }

    pub(super) async fn show(&self, to: Address, signal: Signal) {
        let hangs = {
            let signals = &mut self.state().signals;
            signals.shown.push((to.value, signal));
            signals.hang
        };
        if hangs {
            std::future::pending().await
        }
    }
}
