"""The unfinished result of a run over Parquet: a folder `OUT.parts` of what is decided, and the file `OUT.part` that becomes `OUT`.

A part is whole or not there, so a run that was stopped goes on with the first that is missing, and puts together anew what Parquet cannot
go on with. Who decides a batch writes its part, so that processes do not wait for each other; parts hold Arrow's own format, which costs
little to write and nothing to read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tiaoli.populations.arrow_decider import DecidedBatch
from tiaoli.populations.arrow_schema import WordDictionaries
from tiaoli.populations.bulk_job import BulkJob, beside
from tiaoli.populations.line_decider import rejection_line
from tiaoli.populations.output_sinks import HeldFile, Sink, open_sink
from tiaoli.populations.resumable_output import another, foreign, not_written, nothing_to_resume, see_that_it_is_ours, unfinished
from tiaoli.populations.resumable_output import place_rejects as put_rejects_in_place
from tiaoli.populations.totals import Totals


class PartFolder:
    """The parts of a run, held by it alone. `rows` is how many cases are decided together, `done` how many parts are whole.

    Raises `CallError` where there is nothing to resume, where an earlier run was not finished and the job does not say what to do with it,
    where another run is at work, and where a name is somebody else's.
    """

    def __init__(self, job: BulkJob, rows: int) -> None:
        self.job = job
        self._opened: list[Sink] = []
        try:
            self.decisions = self._sink(job.target, None)
            self.rejects = self._sink(job.rejects_path, job.target)
            assert isinstance(self.decisions, HeldFile)
            self.path = beside(self.decisions.target, ".parts")
            self._begin(rows)
        except BaseException:
            self._leave()
            raise
        self.done = 0
        while _part(self.path, self.done, "json").exists():
            self.done += 1

    def _sink(self, path: Path | None, like: Path | None) -> Sink:
        see_that_it_is_ours(self.job, path)
        try:
            self._opened.append(open_sink(path, like))
        except OSError as error:
            raise not_written(str(path), error) from None
        return self._opened[-1]

    def _begin(self, rows: int) -> None:
        """Go on with the parts of an earlier run, or begin a folder of parts."""
        note = self.path / "run.json"
        with self.job.source.open("rb") as source:
            size = source.seek(0, 2)
            source.seek(0)
            digest = hashlib.file_digest(source, "sha256")
        wanted = {**self.job.identity(size), "content": digest.hexdigest(), "rows": rows}
        if self.job.resume:
            if not note.exists():
                raise nothing_to_resume(self.path)
            noted = json.loads(note.read_bytes())
            differs = [name for name, value in wanted.items() if noted.get(name) != value]
            if differs:
                raise another(self.path, ["input" if name == "content" else name for name in differs])
            return
        if note.exists():
            if not self.job.restart:
                raise unfinished(self.path)
            shutil.rmtree(self.path)
        elif not all(sink.new for sink in self._opened if isinstance(sink, HeldFile)):
            raise foreign(next(sink.path for sink in self._opened if isinstance(sink, HeldFile) and not sink.new))
        elif self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise foreign(self.path)
        self.path.mkdir(0o700, exist_ok=True)
        fresh = self.path / "run.new"
        fresh.write_text(json.dumps(wanted, ensure_ascii=False), "utf-8")
        fresh.replace(note)

    def totals(self, number: int) -> Totals:
        """The counts of a part."""
        return Totals.of(json.loads(_part(self.path, number, "json").read_bytes())["tally"])

    @contextmanager
    def whole(self, words: WordDictionaries) -> Iterator[Callable[[int], None]]:
        """What puts a part, by its number, behind those before it in the files that are to be the result."""
        # dictionaries are how the texts are written, not what the file is said to hold
        # the least and the greatest help to find rows, but not by what lists hold
        scalars = [field.name for field in words.schema if not pa.types.is_list(field.type)]
        self.rejects.truncate(0)
        assert isinstance(self.decisions, HeldFile)
        with pq.ParquetWriter(self.decisions.path, words.schema, store_schema=False, write_statistics=scalars) as writer:

            def write(number: int) -> None:
                with pa.memory_map(str(_part(self.path, number, "arrow"))) as file:
                    writer.write_table(pa.ipc.open_file(file).read_all())
                for line in json.loads(_part(self.path, number, "json").read_bytes())["rejects"]:
                    self.rejects.write(f"{line}\n".encode())

            yield write

    def finish(self) -> None:
        """Put the result in its place. Raises `OSError`."""
        put_rejects_in_place(self.rejects)
        self.decisions.place()
        shutil.rmtree(self.path)

    def discard(self) -> None:
        """Leave nothing: this input has no result."""
        for sink in self._opened:
            sink.discard()
        shutil.rmtree(self.path, ignore_errors=True)

    def close(self) -> None:
        """Leave the parts for a later run."""
        for sink in self._opened:
            sink.close()

    def _leave(self) -> None:
        """Leave what was there as it was."""
        for sink in self._opened:
            if isinstance(sink, HeldFile) and sink.new:
                sink.discard()
            sink.close()


def keep_part(folder: Path, number: int, first: int, found: DecidedBatch) -> Totals:
    """Keep what came of some rows, of which the first has the number `first`. Its note is written last, in one step: a part without one is
    made again."""
    packed = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_file(str(_part(folder, number, "arrow")), found.encoded.schema, options=packed) as writer:
        writer.write_batch(found.encoded)
    rejects = [rejection_line(first + row, error, "row") for row, error in found.rejects]
    fresh = _part(folder, number, "new")
    fresh.write_text(json.dumps({"tally": found.totals.state(), "rejects": rejects}, ensure_ascii=False), "utf-8")
    fresh.replace(_part(folder, number, "json"))
    return found.totals


def _part(folder: Path, number: int, ending: str) -> Path:
    return folder / f"{number:06}.{ending}"
