"""The demonstration: a few records, each classified, with its options and trace."""

from pathlib import Path

from allstatus import load_rules
from allstatus.record.model import parse_json
from allstatus.render.text import render_text

RECORDS = Path(__file__).parent / "fixtures" / "records"
SHOWN = (
    "untreated-four-facts",
    "remission-blasts-exactly-5",
    "recurrent-isolated-cns",
    "outside-refractory",
    "remission-without-cbc",
)


def main() -> None:
    """Print each decision as text, under the record it was made on."""
    classifier = load_rules()
    for name in SHOWN:
        text = (RECORDS / f"{name}.json").read_text("utf-8")
        print("=" * 80, f"fixtures/records/{name}.json", "=" * 80, sep="\n")
        print(render_text(classifier.classify(parse_json(text))))


if __name__ == "__main__":
    main()
