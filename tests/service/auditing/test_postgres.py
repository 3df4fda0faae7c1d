"""An audit in PostgreSQL: what happens when the server goes and comes back, who may do what, and
that the password is never shown.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from allstatus.service.auditing.database_url import DatabaseUrl
from allstatus.service.auditing.hash_chain import AuditError
from allstatus.service.config import Config, ConfigError, read_config
from command_line import ALLSTATUS
from needs import POSTGRESQL
from postgres import Cluster, running
from service.conftest import serving
from service.stores import PASSWORD, in_postgres
from service.test_rest import RECORD

pytestmark = POSTGRESQL
CARD = "4e0a3a1e-3c1b-4b6e-9d1e-2f6f2c9b2a10"
FEEDBACK = {
    "feedback": [
        {"card": CARD, "outcome": "overridden", "outcomeTimestamp": "2026-01-05T12:00:00Z"}
    ]
}
DOCUMENT = (
    (Path(__file__).parents[3] / "docs" / "serving.md")
    .read_text("utf-8")
    .partition("### In PostgreSQL")[2]
)


def shown(language: str) -> str:
    """The block of a language in the documentation of this."""
    return DOCUMENT.partition(f"```{language}\n")[2].partition("```")[0]


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A cluster that a test may stop."""
    with running() as found:
        yield found


def test_without_the_server_there_is_no_decision_and_with_it_there_is_again(
    own_cluster: Cluster, tmp_path: Path, logged: list[dict]
) -> None:
    kept = in_postgres(own_cluster, tmp_path)
    with serving(tmp_path, **kept.settings) as client:
        assert client.post("/classify", json=RECORD).status_code == 200
        own_cluster.stop()
        answer = client.post("/classify", json=RECORD)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["type"] == "urn:allstatus:problem:audit-unavailable"
        assert "outcome" not in answer.json()
        assert client.get("/readyz").status_code == 503
        own_cluster.start()
        assert client.get("/readyz").status_code == 200
        assert client.post("/classify", json=RECORD).status_code == 200
        own_cluster.stop()
        own_cluster.start()
        assert client.post("/classify", json=RECORD).status_code == 200, (
            "a restart between two requests is not noticed"
        )
    assert kept.hold().rows == 3
    assert kept.problem() == ""
    assert PASSWORD not in str(logged) + answer.text


def test_a_role_that_may_only_add_is_enough(cluster: Cluster, tmp_path: Path) -> None:
    kept = in_postgres(cluster, tmp_path)
    printed = CliRunner().invoke(ALLSTATUS, ["audit", "schema"])
    assert printed.exit_code == 0
    kept.execute(printed.stdout, "CREATE ROLE clerk LOGIN", shown("sql"))
    as_clerk = kept.address.replace(f"test:{PASSWORD}@", "clerk@")
    with serving(tmp_path, audit=as_clerk, audit_key=kept.key) as client:
        assert client.post("/classify", json=RECORD).status_code == 200
        for _ in range(2):
            assert (
                client.post(
                    "/cds-services/allstatus-patient-view/feedback", json=FEEDBACK
                ).status_code
                == 200
            )
    assert kept.problem() == ""
    with psycopg.connect(as_clerk, autocommit=True) as connection:
        for statement in (
            "DELETE FROM audit",
            "UPDATE audit SET seq = 2",
            "TRUNCATE audit",
            "DELETE FROM head",
            "DROP TABLE audit",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    kept.execute("REVOKE INSERT ON audit FROM clerk")
    with (
        pytest.raises(AuditError, match="may not be written to"),
        serving(tmp_path, audit=as_clerk, audit_key=kept.key),
    ):
        pass
    kept.execute("DROP OWNED BY clerk", "DROP ROLE clerk")


def test_old_rows_are_moved_and_the_chain_goes_on(cluster: Cluster, tmp_path: Path) -> None:
    kept, copy, archive = in_postgres(cluster, tmp_path), tmp_path / "copy.db", tmp_path / "old.db"

    def audit(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(ALLSTATUS, ["audit", *map(str, arguments)])
        return done.exit_code, done.stdout.partition(" ")[0]

    with serving(tmp_path, **kept.settings) as client:
        for _ in range(4):
            assert client.post("/classify", json=RECORD).status_code == 200
        assert audit("backup", kept.address, copy)[0] == 0
        rotated = audit("rotate", kept.address, archive, "--before", "2999-01-01", *kept.options)
        assert rotated == (0, "3")
        assert client.post("/classify", json=RECORD).status_code == 200
        assert client.get("/readyz").status_code == 200
    assert [row["seq"] for row in kept.rows()] == [4, 5, 6]
    assert kept.problem() == ""
    for file in (copy, archive):
        assert audit("verify", file, *kept.options) == (0, "4")
    kept.tamper("DELETE FROM audit WHERE seq = 4")
    assert kept.problem() != ""


@pytest.mark.parametrize("host", ["/nowhere", "no such host.invalid"])
def test_a_server_that_is_not_there_is_said_before_it_starts(tmp_path: Path, host: str) -> None:
    url = f"postgresql://clerk:{PASSWORD}@/x?host={host}"
    config = tmp_path / "config.yaml"
    config.write_text(
        f"insecure_dev: true\naudit: {url}\naudit_key: {tmp_path / 'k.key'}\n", "utf-8"
    )
    for command in (["serve", "--config", str(config)], ["audit", "export", url]):
        refused = CliRunner().invoke(ALLSTATUS, command)
        assert refused.exit_code == (2 if command[0] == "serve" else 3)
        assert "postgresql://clerk@/x: " in refused.stderr
        assert "psql" in refused.stderr
        assert PASSWORD not in refused.output


URLS = {
    "postgresql://u:secret@h:5432/db?sslmode=require": "postgresql://u@h:5432/db",
    "postgres://u@h/db": "postgres://u@h/db",
    "postgresql://h/db?password=secret": "postgresql://h/db",
    "postgresql://h/db?password=sec@ret": "postgresql://…",
    "postgresql://u:se/cr@et@h/db": "postgresql://…",
    "postgresql://u:se?cret@h/db": "postgresql://…",
    "postgresql://u:se#cret@h/db": "postgresql://…",
    "postgresql://[::1]:5432/db": "postgresql://[::1]:5432/db",
    "postgresql:secret": "postgresql://…",
}


@pytest.mark.parametrize("url", URLS)
def test_a_url_is_never_shown_with_its_password(url: str) -> None:
    place = DatabaseUrl(url)
    assert (str(place), repr(place), place.file, place.address) == (
        URLS[url],
        f"Place({URLS[url]!r})",
        None,
        url,
    )
    config = Config(insecure_dev=True, audit=url, audit_key="k.key")
    assert "cret" not in repr(config)
    assert Config.model_validate_json(config.model_dump_json()).audit.address == url, (
        "the worker processes get it whole"
    )


def test_the_settings_shown_in_the_documentation_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"insecure_dev: true\n{shown('yaml')}", "utf-8")
    config = read_config(path)
    assert (str(config.audit), config.state_path.name) == (
        "postgresql://clerk@db.example.org/allstatus",
        "state.db",
    )


def test_key_and_state_lie_beside_a_file_and_are_named_with_a_url() -> None:
    beside = Config(insecure_dev=True, audit="/var/a.db")
    assert (beside.key_path, beside.state_path) == (Path("/var/a.key"), Path("/var/a.state.db"))
    named = Config(insecure_dev=True, audit="postgresql://h/db", audit_key="/etc/a.key")
    assert (named.key_path, named.state_path) == (Path("/etc/a.key"), Path("/etc/a.state.db"))
    assert Config(
        insecure_dev=True, audit="postgresql://h/db", audit_key="/etc/a.key", state="/run/s.db"
    ).state_path == Path("/run/s.db")
    with pytest.raises(ConfigError, match="name a file as audit_key"):
        read_config(None, insecure_dev=True, audit="postgresql://u:secret@h/db")
    refused = CliRunner().invoke(ALLSTATUS, ["audit", "verify", "postgresql://u:secret@h/db"])
    assert (refused.exit_code, "--key" in refused.stderr, "secret" in refused.output) == (
        2,
        True,
        False,
    )


def test_without_psycopg_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    refused = CliRunner().invoke(ALLSTATUS, ["audit", "export", "postgresql://h/db"])
    assert (refused.exit_code, refused.stderr) == (
        4,
        "error: psycopg is not installed; run: pip install 'allstatus[postgres]'\n",
    )
