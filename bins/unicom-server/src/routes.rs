//! [`Routes`]: routes that a program adds to those of unicom.

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use unicom_http::admission::admit;

use crate::demo::DemoPage;

/// Routes that a program adds, each group under its own path. By default none.
#[derive(Clone, Default)]
pub struct Routes {
    groups: Vec<(String, Configure)>,
    demo: Option<DemoPage>,
}

type Configure = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

impl Routes {
    /// Adds routes under `path`, which stands under the base path.
    #[must_use]
    pub fn with(
        mut self,
        path: &str,
        configure: impl Fn(&mut ServiceConfig) + Send + Sync + 'static,
    ) -> Self {
        self.groups.push((path.to_owned(), Arc::new(configure)));
        self
    }

    /// Adds a page at `/`.
    #[must_use]
    pub(crate) fn with_demo(mut self, page: DemoPage) -> Self {
        self.demo = Some(page);
        self
    }

    /// Mounts the routes under `base_path`, and the page at `/`.
    pub(crate) fn mount(&self, base_path: &str, config: &mut ServiceConfig) {
        for (path, configure) in &self.groups {
            let scope = web::scope(&format!("{base_path}{path}"));
            let scope = scope.configure(|config| configure(config));
            config.service(scope.wrap(from_fn(admit)));
        }
        for resource in self.demo.iter().flat_map(DemoPage::resources) {
            config.service(resource.wrap(from_fn(admit)));
        }
    }
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.groups.iter().map(|(path, _)| path))
            .finish()
    }
}
