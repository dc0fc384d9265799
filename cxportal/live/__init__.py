"""Open pages hear of changes: notifier, hub, streams."""
