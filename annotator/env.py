"""Typed readers of environment variables; they refuse nonsense loudly and know nothing of the settings they feed."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


class BadSetting(Exception):
    """An environment variable holds a value that makes no sense; the message says what is allowed."""


def env_text(name: str, default: str = "") -> str:
    """Return the variable, or `default` when it is unset or empty."""
    return os.environ.get(name, "") or default


def env_bool(name: str, default: bool = False) -> bool:
    """Return true for 1/true/yes/on and false for 0/false/no/off (any case)."""
    raw = os.environ.get(name, "").strip().lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} must be true or false, not {raw!r}.")


def env_int(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    """Return a whole number within low..high."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number, not {raw!r}.") from None
    if not low <= value <= high:
        raise BadSetting(f"{name} must be between {low} and {high}, not {value}.")
    return value


def env_umask(name: str, default: str) -> int:
    """Return permission bits to exclude; written in octal as in a shell (077)."""
    raw = os.environ.get(name, "").strip() or default
    if not (raw.isascii() and set(raw) <= set("01234567") and int(raw, 8) <= 0o077):
        raise BadSetting(f"{name} must be octal and at most 077, not {raw!r}.")
    return int(raw, 8)


def env_list(name: str, default: str = "") -> list[str]:
    """Return the comma-separated items, blanks stripped, empty ones dropped."""
    return [item.strip() for item in env_text(name, default).split(",") if item.strip()]


def env_hosts(name: str) -> list[str]:
    """Return the comma-separated hosts (name or IP, perhaps with a port) and networks (10.1.0.0/16)."""
    found = env_list(name)
    for item in found:
        if "/" in item:
            try:
                ipaddress.ip_network(item)
            except ValueError:
                raise BadSetting(
                    f"{name} must hold hosts and networks such as 10.1.0.0/16, not {item!r}."
                ) from None
    return found


def env_path(name: str, default: Path) -> Path:
    """Return an absolute path; `~` is the home folder."""
    raw = os.environ.get(name, "").strip()
    return Path(raw).expanduser().resolve() if raw else default


def env_secret(name: str) -> str:
    """Return NAME, or the stripped content of the file that NAME_FILE points to, or an empty string."""
    if value := os.environ.get(name, ""):
        return value
    file = os.environ.get(f"{name}_FILE", "")
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSetting(f"{name}_FILE cannot be read: {error.strerror or error}.") from None


def env_email(name: str) -> dict[str, object]:
    """Return Django's settings of e-mail from a URL; an empty dict when the variable is unset.

    Allowed: smtp://user:password@host:port (STARTTLS; `?tls=0` for none) and smtps:// (TLS from the start).
    """
    raw = env_secret(name)
    if not raw:
        return {}
    parts = urlsplit(raw)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadSetting(f"{name} must be smtp://host or smtps://host, with user, password and port.")
    is_tls = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if is_tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls,
        "EMAIL_USE_TLS": not is_tls and "tls=0" not in parts.query.split("&"),
        "EMAIL_TIMEOUT": 10,
    }


def env_database(name: str, sqlite_file: Path) -> dict[str, object]:
    """Return Django's settings of one database from a URL, SQLite at `sqlite_file` when the variable is unset.

    Allowed: postgres://user:password@host:port/name and, for a socket folder, postgres:///name?host=/folder.
    """
    raw = env_secret(name)
    if not raw:
        return {"ENGINE": "annotator.db.sqlite", "NAME": str(sqlite_file)}
    parts = urlsplit(raw)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadSetting(f"{name} must begin with postgres://, not {parts.scheme}://.")
    query = dict(item.split("=", 1) for item in parts.query.split("&") if "=" in item)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(query.get("port", parts.port or "")),
    }
