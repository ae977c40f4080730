"""The peer of P5: Splink on DuckDB over records whose names are taken apart already.

`python -m bench.splink_peer RECORDS.csv PAIRS.csv`: reads id, name, brand, place, trade, phone;
writes pairs with the probability that they are one client; prints seconds and megabytes as JSON.
"""

import csv
import json
import logging
import sys
import time
from pathlib import Path

from bench.memory import peak_of

THRESHOLD = 0.5  # pairs are written with their probability; the bench takes them from .9 on


def main(records: Path, found: Path) -> None:
    import duckdb  # noqa: PLC0415  (in an environment of its own)
    import splink.comparison_library as compare  # noqa: PLC0415
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    logging.getLogger("splink").setLevel(logging.ERROR)
    started = time.perf_counter()
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE firm AS SELECT id::BIGINT AS unique_id, name, brand, nullif(place, '') AS"
        " place, nullif(trade, '') AS trade, nullif(phone, '') AS phone"
        f" FROM read_csv('{records}', header = true, all_varchar = true)"
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("brand", "place"), block_on("brand", "trade"), block_on("phone"),
        ],
        comparisons=[
            compare.JaroWinklerAtThresholds("brand", [0.9]),
            compare.ExactMatch("place"), compare.ExactMatch("trade"), compare.ExactMatch("phone"),
        ],
    )  # fmt: skip
    api = DuckDBAPI(connection=connection)
    table = api.register("firm") if hasattr(api, "register") else "firm"
    linker = Linker(table, settings) if hasattr(api, "register") else Linker(table, settings, api)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("brand", "place", "trade")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("brand"))
    # not by place and trade: at 10⁶ records these blocks hold a thousand million pairs
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("phone"))
    pairs = linker.inference.predict(threshold_match_probability=THRESHOLD)
    rows = (
        pairs.as_duckdbpyrelation().select("unique_id_l, unique_id_r, match_probability").fetchall()
    )
    seconds = time.perf_counter() - started
    with found.open("w", newline="") as target:
        csv.writer(target).writerows(rows)
    print(json.dumps({"seconds": seconds, "megabytes": peak_of()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
