"""What a file must be to be read as YAML."""

from pathlib import Path

from allstatus.record.yaml_file import YamlFile


def test_what_is_no_file_of_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    (tmp_path / "folder.yaml").mkdir()
    said = {
        name: YamlFile(tmp_path / f"{name}.yaml", tmp_path).problems[0].split(": ", 1)[1]
        for name in ("latin", "folder", "none")
    }
    assert said == {
        "latin": "the file is not UTF-8 text; save it as UTF-8",
        "folder": "is a folder; name a file",
        "none": "the file is missing; write it, or name another",
    }
