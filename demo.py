"""The demonstration: a few records, each classified, with its options and trace."""

from pathlib import Path

from allstatus import load_rules
from allstatus.explain.text import render_text
from allstatus.record import parse_json

RECORDS = Path(__file__).parent / "fixtures" / "records"
SHOWN = (
    "untreated-four-facts", "remission-blasts-exactly-5", "recurrent-isolated-cns",
    "outside-refractory", "remission-without-cbc",
)  # fmt: skip


def main() -> None:
    """Print each decision as text, under the record it was made on."""
    classifier = load_rules()
    for name in SHOWN:
        text = (RECORDS / f"{name}.json").read_text("utf-8")
        print("=" * 80, f"fixtures/records/{name}.json", "=" * 80, sep="\n")
        print(render_text(classifier.classify(parse_json(text))))


if __name__ == "__main__":
    main()
