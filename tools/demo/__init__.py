"""Generator of the fictional county 澜桥县: seeded, deterministic, one noun per module."""
