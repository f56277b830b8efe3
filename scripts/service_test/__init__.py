"""The service, tried in a booted Debian root: what ``scripts/test-service`` checks."""
