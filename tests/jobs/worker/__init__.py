"""Job handlers that only the tests know, for worker processes started with tests.jobs.worker.settings."""
