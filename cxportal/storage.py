"""Static files under names that carry their content, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Rewrites the imports of our own JavaScript modules too, not only the addresses in stylesheets."""

    support_js_module_import_aggregation = True
