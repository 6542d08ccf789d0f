"""The tidy tables as Parquet files, each column with its type, for a warehouse, Spark, DuckDB, Polars or R."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange import files
from postmortem.exchange.tables import frames_of, table_files
from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    import os

_DAY: Final = "_on"


def write_parquet(path: Path | str | os.PathLike[str], tables: object) -> tuple[Path, ...]:
    """Write the tidy tables as Parquet: `FILE` gets the incidents, `FILE-causes.parquet` and so on the others.

    Instants (`…_at`) are `timestamp[us, UTC]`, days (`…_on`) are `date32`, counts `int64`, amounts and minutes
    `double`, booleans `bool`, words of a vocabulary a dictionary of strings in their order, texts `string`. A missing
    value is null. pandas reads its own types again from the metadata; days come back as dates.

    Args:
        path: The file for the incidents.
        tables: Frames with the names of `TABLES`, as attributes (what `store.tables()` gives) or by key.

    Returns:
        The files that were written. Either all are, or none.

    Raises:
        DataError: If a table is missing, a column holds what has no one type, or a file can't be written.

    References:
        Apache Parquet, logical types.
    """
    import pyarrow.parquet  # noqa: PLC0415 - loaded when Parquet is written, not before

    path = Path(path)
    named = table_files(path)
    typed = {name: _typed(frame, f"{path.name}, {name}") for name, frame in frames_of(tables, path.name).items()}
    with files.written(*named.values()) as handles:
        for table, handle in zip(typed.values(), handles, strict=True):
            pyarrow.parquet.write_table(table, handle.buffer, compression="zstd", coerce_timestamps="us")
    return tuple(named.values())


def _typed(frame: Any, subject: str) -> Any:  # noqa: ANN401 - a frame of any library in, an Arrow table out
    """A frame as an Arrow table, its days as days."""
    import pyarrow as pa  # noqa: PLC0415 - same

    try:
        table = pa.Table.from_pandas(frame, preserve_index=False) if hasattr(frame, "itertuples") else frame.to_arrow()
    except pa.ArrowException as error:
        raise DataError(subject, [Problem("", f"has no one type: {error}", "give what store.tables() gives")]) from None
    for at, field in enumerate(table.schema):
        wanted = _type_of(field, pa)
        if wanted != field.type:
            table = table.set_column(at, pa.field(field.name, wanted), table.column(at).cast(wanted))
    return table


def _type_of(field: Any, pa: Any) -> Any:  # noqa: ANN401 - the library has no types
    """What a column is written as."""
    kind = field.type
    if field.name.endswith(_DAY) and (pa.types.is_timestamp(kind) or pa.types.is_null(kind)):
        return pa.date32()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz=kind.tz)
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, pa.string(), ordered=kind.ordered)
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_null(kind) else kind
