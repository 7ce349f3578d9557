"""The text of a spec: where it is read from, and what it may hold.

The limits hold for specs and for result files alike: a result file keeps the text, the name and
the overrides of its spec, and its reader refuses what no spec may hold. So whatever is computed
can be read again.
"""

import os
import re
import stat
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePath

from thermospin.spec.problems import Place, Problem, SpecError, TextSource, suggest

LARGEST = 2**18
"""Bytes of a spec, and of all its overrides together: an explicit axis of about 3e4 points fits."""
MOST_OVERRIDES = 100
"""Overrides of one spec; every key can be overridden once, and there are fewer keys."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Control characters, which a terminal would obey; names and titles may have none."""
CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""Control characters besides tabs and YAML's line breaks (U+0085 is one); specs may have none."""


def bundled_specs() -> list[str]:
    """List the specs that come with the package.

    Returns
    -------
    list of str
        Their names, sorted.
    """
    listed = (entry.name for entry in _bundled_folder().iterdir())
    return sorted(name.removesuffix(".yaml") for name in listed if name.endswith(".yaml"))


def bundled_text(name: str) -> str:
    """Read a bundled spec.

    Parameters
    ----------
    name : str
        One of `bundled_specs`.

    Returns
    -------
    str
        Its YAML text.

    Raises
    ------
    SpecError
        If no bundled spec has this name.
    """
    known = bundled_specs()
    if name not in known:
        rule = f"is not a bundled spec, must be one of {', '.join(known)}"
        raise _refused(name, rule, suggest(name, known))
    return (_bundled_folder() / f"{name}.yaml").read_text(encoding="utf-8")


def _bundled_folder() -> Traversable:
    # A wheel holds the specs inside the package; in a source checkout they stand beside it.
    installed = files("thermospin") / "sweeps"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "sweeps"


def file_content(name: str) -> bytes:
    """Read a spec's file.

    Parameters
    ----------
    name : str
        Path of a regular file; a pipe is refused, because reading it could wait for ever.

    Returns
    -------
    bytes
        The content, cut one byte after `LARGEST`.

    Raises
    ------
    SpecError
        If the file cannot be read.
    """
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        hint = suggest(PurePath(name).stem, bundled_specs())
        raise _unreadable(name, reason or "unknown reason", hint) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _unreadable(name, "not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise _unreadable(name, error.strerror or "unknown reason") from None
    finally:
        os.close(descriptor)


def decode(content: bytes | str, name: str) -> str:
    """Convert the content of a spec's file to text.

    Parameters
    ----------
    content : bytes or str
        The content; a text is only checked.
    name : str
        What messages call the spec.

    Returns
    -------
    str
        The text without a byte order mark.

    Raises
    ------
    SpecError
        If the content is not UTF-8, or has more than `LARGEST` bytes.
    """
    try:
        raw = content.encode() if isinstance(content, str) else content
        text = raw.decode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise _refused(name, f"is not UTF-8 text (byte {error.start})") from None
    if len(raw) > LARGEST:
        raise _refused(name, f"must have at most {LARGEST} bytes, got more")
    return text.removeprefix("\ufeff")


def check_limits(name: str, overrides: tuple[str, ...]) -> None:
    """Refuse a name or overrides that a result file could not keep.

    Parameters
    ----------
    name : str
        The spec's file name; its stem is the name of the sweep.
    overrides : tuple of str
        ``key=value``, as given.

    Raises
    ------
    SpecError
        If the name or the overrides break a limit.
    """
    rules = [broken_by_name(PurePath(name).stem), broken_by_overrides(overrides)]
    if broken := [rule for rule in rules if rule]:
        place = Place(TextSource(name))
        raise SpecError(name, [Problem(place, (), rule) for rule in broken])


def broken_by_name(name: str) -> str:
    """Say which rule the name of a spec breaks.

    Parameters
    ----------
    name : str
        The file name without folder and suffix.

    Returns
    -------
    str
        The rule and the cure; empty if the name is allowed.
    """
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "the name of a spec must be UTF-8; rename the file"
    if found := CONTROL.search(name):
        character = f"U+{ord(found[0]):04X}"
        return (
            f"the name of a spec must not hold control characters, got {character}; rename the file"
        )
    if size > LARGEST:
        return f"the name of a spec must have at most {LARGEST} bytes, got {size}"
    return ""


def broken_by_overrides(overrides: Sequence[str]) -> str:
    """Say which rule the overrides of a spec break, taken together.

    Parameters
    ----------
    overrides : sequence of str
        ``key=value``, as given.

    Returns
    -------
    str
        The rule; empty if the overrides are allowed.
    """
    if len(overrides) > MOST_OVERRIDES:
        return f"must have at most {MOST_OVERRIDES} overrides, got {len(overrides)}"
    size = sum(len(override.encode(errors="surrogatepass")) for override in overrides)
    if size > LARGEST:
        return f"the overrides must have at most {LARGEST} bytes together, got {size}"
    return ""


def _unreadable(name: str, reason: str, hint: str = "") -> SpecError:
    return _refused(name, f"cannot be read: {reason}", hint)


def _refused(name: str, rule: str, hint: str = "") -> SpecError:
    return SpecError(name, [Problem(Place(TextSource(name)), (), rule, hint)])
