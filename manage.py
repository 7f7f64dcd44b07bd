#!/usr/bin/env python3
"""Runs Django's commands; no logic but that Ctrl-C and a wrong setting are no errors to be traced."""

import os
import sys

from annotator.env import BadSetting

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except (KeyboardInterrupt, RuntimeError) as error:
        # Python 3.11 makes a RuntimeError of what comes while it builds a class.
        if not isinstance(error.__cause__ or error, KeyboardInterrupt):
            raise
        sys.exit(130)
    except BadSetting as error:
        sys.exit(str(error))
