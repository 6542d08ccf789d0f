"""In from and out to other systems' files: one mapping engine, one adapter a format."""

from postmortem.exchange.calendar import calendar, write_ics
from postmortem.exchange.documents import write_json, write_jsonl
from postmortem.exchange.doors import SUFFIXES, read
from postmortem.exchange.guesses.guessing import Guess, guess
from postmortem.exchange.intake import ImportResult, import_into
from postmortem.exchange.mapped.fitting import read_fitting
from postmortem.exchange.mapped.mapping import Mapping, load_mapping, mapping_from, shipped_mappings
from postmortem.exchange.parquet import write_parquet
from postmortem.exchange.prose.headings import Headings, load_headings, shipped_headings
from postmortem.exchange.reading import Reading, Reject
from postmortem.exchange.rejects import write_rejects
from postmortem.exchange.tables import table_files, write_csv
from postmortem.exchange.wiki.pages import Pages, write_pages
from postmortem.exchange.workbook import write_xlsx

__all__ = [
    "SUFFIXES",
    "Guess",
    "Headings",
    "ImportResult",
    "Mapping",
    "Pages",
    "Reading",
    "Reject",
    "calendar",
    "guess",
    "import_into",
    "load_headings",
    "load_mapping",
    "mapping_from",
    "read",
    "read_fitting",
    "shipped_headings",
    "shipped_mappings",
    "table_files",
    "write_csv",
    "write_ics",
    "write_json",
    "write_jsonl",
    "write_pages",
    "write_parquet",
    "write_rejects",
    "write_xlsx",
]
