"""The portal: settings, pages and the API; it calls every other app and nobody imports it."""
