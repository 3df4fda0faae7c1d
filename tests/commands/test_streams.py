"""What a command writes fits the terminal it is written to, where there is one."""

import pytest

from allstatus.commands.streams import fitted
from command_line import invoke as run

TEXT = "Whole\n\n  - Blasts in the bone marrow are 5 % or fewer, or so it is written\n"


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ("", TEXT),
        ("80", TEXT),
        (
            "50",
            "Whole\n\n  - Blasts in the bone marrow are 5 % or fewer, or\n      so it is written\n",
        ),
        (
            "41",
            "Whole\n\n  - Blasts in the bone marrow are 5 % or\n      fewer, or so it is written\n",
        ),
        (
            "10",
            "Whole\n\n  - Blasts in the bone marrow are 5 % or\n      fewer, or so it is written\n",
        ),
    ],
)
def test_lines_end_where_the_terminal_does(
    columns: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.__stdout__", None)
    assert fitted(TEXT) == text


@pytest.mark.parametrize(
    "command",
    [
        ("classify", "fixtures/records/remission-blasts-exactly-5.json"),
        ("facts", "fixtures/fhir/12-second-remission.json"),
        ("timeline", "fixtures/fhir/12-second-remission.json"),
        ("timeline", "fixtures/fhir/12-second-remission.json", "--lang", "es"),
        ("rules", "show"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("width", [50, 80])
def test_what_is_read_in_a_terminal_fits_it(
    command: tuple[str, ...], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    told = run(*command)
    assert told.exit_code == 0
    wide = [line for line in told.stdout.splitlines() if len(line) > width]
    assert all(" " not in line.strip() for line in wide)  # a digest or an address is not cut
