"""Draws decoding.csv: for EVT3, the decoders side by side on each profile, under the limit of writing.

    python picture.py CSV PNG
"""

import csv
import math
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # before pyplot, or it would look for a display
import matplotlib.pyplot as pyplot
from matplotlib.ticker import ScalarFormatter

COLOURS = {"libneuromorphic": "#1f4e79", "evutils": "#7f9fbf", "evt3": "#8a8a8a", "expelliarmus": "#b0b0b0",
           "faery": "#d0d0d0"}
FORMAT = "evt3"


def rates(lines: list[dict[str, str]], decoder: str, measurement: str, profiles: list[str]) -> list[float]:
    found = {line["profile"]: float(line["mev_per_s"]) for line in lines
             if (line["decoder"], line["measurement"]) == (decoder, measurement) and line["mev_per_s"]}
    return [found.get(profile, float("nan")) for profile in profiles]


def draw(table: Path, picture: Path) -> None:
    text = table.read_text().splitlines()
    remarks = [line[2:] for line in text if line.startswith("# ")]
    lines = [line for line in csv.DictReader(line for line in text if not line.startswith("#"))
             if line["format"] == FORMAT]
    limit = {line["profile"]: float(line["mev_per_s"]) for line in lines if line["measurement"] == "write-cached"}
    profiles = list(limit)
    density = {line["profile"]: line["events_per_word"] for line in lines if line["events_per_word"]}
    figure, axes = pyplot.subplots(figsize=(11, 5.5), dpi=110)
    places, width = [float(place) for place in range(len(profiles))], 0.85 / len(COLOURS)
    for index, (decoder, colour) in enumerate(COLOURS.items()):
        values = rates(lines, decoder, "decode", profiles)
        centres = [place + (index - (len(COLOURS) - 1) / 2) * width for place in places]
        axes.bar(centres, values, width * 0.92, color=colour, label=decoder)
        for centre, value in zip(centres, values, strict=True):
            if not math.isnan(value):
                # On white, or the line of the limit would run through the number of a bar that nearly reaches it.
                axes.text(centre, value * 1.04, f"{value:.0f}", ha="center", va="bottom", fontsize=8, zorder=3,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4})
    for index, place in enumerate(places):
        value = limit[profiles[index]]
        axes.hlines(value, place - 0.45, place + 0.45, colors="#a03020", linewidth=1.5,
                    label="limit: merely writing the columns" if index == 0 else "")
        axes.text(place, value * 1.04, f"{value:.0f}", ha="center", va="bottom", fontsize=8, color="#a03020")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.set_ylim(20, 1.9 * max(limit.values()))
    axes.set_xticks(places, [f"{profile}\n{float(density[profile]):.2f} events a word" for profile in profiles])
    axes.set_ylabel("million events per second of processor time\n(logarithmic)")
    axes.grid(axis="y", which="major", color="#e0e0e0", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title("Decoding EVT3 into columns of t, x, y, on; one thread", loc="left", fontsize=11)
    axes.legend(ncols=6, fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12))
    figure.text(0.99, 0.01, "; ".join([*remarks, "medians"]), ha="right", fontsize=7, color="#606060")
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    figure.savefig(picture, metadata={"Software": None})
    pyplot.close(figure)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
