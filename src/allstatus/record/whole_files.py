"""The one way to write files: under names of the run's own, which become theirs together when all
are whole. Whatever ends a run, an output is as it was before or as it should be.

A lock beside each output (`OUT.lock`) refuses a second run on it. A run that was killed while it
gave out names is finished by the next on the same output; what else it left is removed then.
Signals that end a run wait until names are given out and what is left is removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from allstatus.errors import InvalidRecord
from allstatus.record.regular_file import NO_FILE, no_file
from allstatus.record.undisturbed import undisturbed

try:
    import fcntl
except ImportError:  # Windows: names of a run's own keep files whole, a second run is not refused
    fcntl = None  # type: ignore[assignment]

PARTIAL, LOCK = ".partial", ".lock"
LEFT = r"[0-9a-f]{8}\.partial(-journal)?"  # SQLite's lies beside the file that it writes
NO_ROOM = "free some space or name another place; nothing was left there"
LONGEST = 200  # bytes of a name to which an ending can be added
FREE = ("", NO_FILE)  # what may stand, or not, where a file is to be written


def cannot_write(path: Path, error: BaseException) -> InvalidRecord:
    """What the system says of a file it cannot write, as a refusal."""
    number = error.errno if isinstance(error, OSError) else None
    problem = os.strerror(number).lower() if number else "the writer failed"
    return InvalidRecord(str(path), f"cannot be written ({problem})", NO_ROOM)


class WholeFiles:
    """Files that all appear when `publish` is called, or none of them does."""

    def __init__(self) -> None:
        self._locks: dict[Path, int | None] = {}
        self._begun: dict[Path, Path] = {}

    def __enter__(self) -> WholeFiles:
        return self

    def __exit__(self, *_: object) -> None:
        with undisturbed():
            for partial in self._begun.values():
                _remove(partial)
            for path, handle in self._locks.items():
                if handle is not None:
                    beside(path, LOCK).unlink(missing_ok=True)
                    os.close(handle)
            self._begun, self._locks = {}, {}

    def claim(self, path: Path) -> Path:
        """Keep other runs from an output; raises InvalidRecord where one is at work on it, or
        where no file can be written. Returns where the output lies, links followed.
        """
        place = Path(os.path.realpath(path))
        if place in self._locks:
            return place
        if not path.name or (problem := no_file(path)) not in FREE:
            said = problem if path.name else "is no name of a file"
            raise InvalidRecord(str(path), f"cannot be written ({said})", "name another place")
        lock = beside(place, LOCK)
        if not _is_ours(lock):
            problem = f"cannot be written ({lock.name} is not ours)"
            raise InvalidRecord(str(path), problem, "name another place")
        try:
            with undisturbed():
                self._locks[place] = _lock(path, lock)
                _tidy(place, lock)
        except OSError as error:
            raise cannot_write(path, error) from error
        return place

    def begin(self, path: Path) -> Path:
        """A name of this run's own for an output, to be written to and closed."""
        place = self.claim(path)
        self._begun[place] = beside(place, f".{secrets.token_hex(4)}{PARTIAL}")
        return self._begun[place]

    def publish(self, last: Path | None = None) -> None:
        """Give the finished files their names, the one that is waited for last."""
        places = sorted(self._begun, key=lambda place: place == last)
        for place in places:
            try:
                _finish(self._begun[place], place)
            except OSError as error:
                raise cannot_write(place, error) from error
        with undisturbed():
            self._note(places)
            for place in places:
                try:
                    os.replace(self._begun[place], place)
                except OSError as error:
                    raise cannot_write(place, error) from error

    def _note(self, places: list[Path]) -> None:
        """Put down in the lock of what was claimed first which names are about to be given."""
        pairs = [[str(self._begun[place]), str(place)] for place in places]
        handle = next(iter(self._locks.values()), None)
        if handle is not None:
            os.pwrite(handle, json.dumps(pairs).encode(), 0)


def write_files(texts: Mapping[Path, bytes | str], folder: Path | None = None) -> None:
    """Write files, the last waited for, whole and together, and make the `folder` they lie in;
    raises InvalidRecord where that cannot be done.
    """
    path = folder or Path()
    with _folder_for(folder), WholeFiles() as files:
        try:
            for path, text in texts.items():
                data = text.encode() if isinstance(text, str) else text
                files.begin(path).write_bytes(data)
        except OSError as error:
            raise cannot_write(path, error) from error
        files.publish(last=Path(os.path.realpath(path)))


@contextmanager
def _folder_for(folder: Path | None) -> Iterator[None]:
    """Make a folder, which goes again where nothing came to lie in it."""
    if folder is None:
        yield
        return
    made = not os.path.exists(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        yield
    finally:
        if made:
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder of the same name to be filled elsewhere, which is moved to its place when whole."""
    with WholeFiles() as files:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            work = files.begin(folder) / folder.name
            work.parent.mkdir()
            yield work
            os.replace(work, folder)
        except OSError as error:
            raise cannot_write(folder, error) from error


def beside(place: Path, ending: str) -> Path:
    """The name of a file beside another, for as long as that is written."""
    name = os.fsencode(place.name)
    short = place.name if len(name) <= LONGEST else hashlib.sha256(name).hexdigest()
    return place.with_name(short + ending)


def _lock(path: Path, lock: Path) -> int | None:
    """A handle on the lock's file, which is locked; None where the system has no locks."""
    if fcntl is None:
        return None
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            remedy = "wait until it has ended, or name another place"
            raise InvalidRecord(str(path), "is being written by another run", remedy) from None
        except OSError:  # a file system without locks
            return handle
        with suppress(FileNotFoundError):
            if os.stat(lock).st_ino == os.fstat(handle).st_ino:
                return handle
        os.close(handle)  # the run that had it ended just now, and took the file away


def _is_ours(lock: Path) -> bool:
    """Whether there is no other file where a lock is to be: one that no run of ours wrote stays."""
    try:
        if not os.path.lexists(lock):
            return True
        if lock.is_symlink() or no_file(lock):
            return False
        _noted(lock)
    except FileNotFoundError:  # the run that had it ended just now
        return True
    except (OSError, ValueError, TypeError):
        return False
    return True


def _noted(lock: Path) -> list[tuple[str, str]]:
    """Which names a run was about to give, as its lock says."""
    return [(str(one), str(other)) for one, other in json.loads(lock.read_bytes() or "[]")]


def _tidy(place: Path, lock: Path) -> None:
    """Finish or remove what a run left that was killed."""
    for partial, other in _noted(lock) if lock.exists() else []:
        if partial.startswith(str(beside(Path(other), "."))) and os.path.exists(partial):
            os.replace(partial, other)
    if lock.exists():
        os.truncate(lock, 0)
    left = re.compile(re.escape(beside(place, ".").name) + LEFT)
    with os.scandir(place.parent) as entries:
        names = [entry.name for entry in entries if left.fullmatch(entry.name)]
    for name in names:
        _remove(place.with_name(name))


def _remove(partial: Path) -> None:
    """Remove what was not finished, a file or a folder."""
    if partial.is_dir():
        shutil.rmtree(partial, ignore_errors=True)
    else:
        partial.unlink(missing_ok=True)


def _finish(partial: Path, place: Path) -> None:
    """See that the file is on the disk, with the permissions of the one it replaces."""
    with suppress(FileNotFoundError):
        shutil.copymode(place, partial)
    handle = os.open(partial, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
