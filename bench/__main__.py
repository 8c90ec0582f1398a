"""`make bench`: every measurement in one table; `python -m bench --only platform --runs 5` for a part."""

import argparse
import signal
import sys

from bench import platform, policies, scale, stacks
from bench.table import Row, missed, show
from bench.world import world

EXITS = "Exit codes: 0 every promise is kept; 1 one is missed, the table says which, or a run failed."
PARTS = {"platform": platform.rows, "stacks": stacks.rows, "scale": scale.rows, "policies": policies.rows}


def main(arguments: list[str] | None = None) -> None:
    """Measure in a sandbox of its own and print the table; progress goes to standard error.

    Ends with code 1 when a promise is broken.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, epilog=EXITS)
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part; may be repeated")
    parser.add_argument(
        "--runs", type=_runs, default=3, help="runs for each figure, of which the median counts"
    )
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # so that the sandbox goes too
    rows = []
    with world() as place:
        for name in dict.fromkeys(chosen.only or PARTS):  # each once: a part makes folders of its own
            print(f"measuring {name} ...", file=sys.stderr)
            for row in PARTS[name](place, chosen.runs):
                rows.append(row)
                place.say(_line(row))
    show(rows, chosen.runs)
    if broken := missed(rows):
        sys.exit("\n".join(("MISSED", *broken)))  # code 1


def _runs(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs; give 1 or more")
    return int(text)


def _line(row: Row) -> str:
    ratio = "" if row.ratio is None else f", {row.ratio:.2f} of {row.baseline}"
    figure = f"{row.peak_mib or 0:.0f} MiB" if row.seconds is None else f"{row.seconds:.2f} s"
    return f"{row.what}: {figure}{ratio}"


if __name__ == "__main__":
    main()
