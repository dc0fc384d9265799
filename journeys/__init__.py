"""The ways customers take, and what happened when one broke."""
