"""Registers the handlers when Django starts."""

from __future__ import annotations

import importlib

from django.apps import AppConfig


class HandlersConfig(AppConfig):
    name = "tests.jobs.worker"
    label = "test_handlers"

    def ready(self) -> None:
        importlib.import_module("tests.jobs.worker.handlers")
