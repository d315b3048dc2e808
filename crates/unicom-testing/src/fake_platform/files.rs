//! The files of [`FakePlatform`].

use std::time::Duration;

use unicom_core::inbound::FileRef;
use unicom_core::platform::{DeliveryError, FileSink};

use super::FakePlatform;
use super::provider::file_ref;

impl FakePlatform {
    /// Puts a file on the provider.
    #[must_use]
    pub fn with_file(self, name: &str, content: &[u8]) -> Self {
        let (name, content) = (name.to_owned(), content.to_vec());
        self.state().files.contents.insert(name, content);
        self
    }

    /// Lets files wait until [`release_files`](Self::release_files) is called.
    #[must_use]
    pub fn with_held_files(self) -> Self {
        self.state().files.are_held = true;
        self
    }

    /// Ends the wait of files.
    pub fn release_files(&self) {
        self.state().files.are_held = false;
    }

    /// Makes one more fetch of a file fail. Later ones succeed if the provider has the file.
    pub fn fail_fetch(&self, error: DeliveryError) {
        self.state().files.failures.push_back(error);
    }

    /// Returns the names of the files that were asked for, in order.
    pub fn fetched(&self) -> Vec<String> {
        self.state().files.fetched.clone()
    }

    /// Returns the reference to a file at the provider.
    pub fn file(name: &str) -> FileRef {
        file_ref(name)
    }

    /// Writes a file to `sink` in small pieces.
    pub(super) async fn fetch_file(
        &self,
        file: FileRef,
        sink: &mut FileSink,
    ) -> Result<(), DeliveryError> {
        let name = file.reference["file"].as_str().unwrap_or_default();
        self.state().files.fetched.push(name.to_owned());
        while self.state().files.are_held {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let content = {
            let files = &mut self.state().files;
            match files.failures.pop_front() {
                Some(error) => return Err(error),
                None => files.contents.get(name).cloned(),
            }
        };
        let content = content
            .ok_or_else(|| DeliveryError::rejected("not_found", "the provider has no such file"))?;
        for chunk in content.chunks(1 << 16) {
            sink.write(chunk)?;
        }
        Ok(())
    }
}
