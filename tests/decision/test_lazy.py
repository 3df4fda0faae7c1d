"""A part that is worked out once, when it is first read."""

from allstatus.decision.lazy import lazy


class Counted:
    """Counts how often its part is worked out."""

    times = 0

    @lazy
    def part(self) -> int:
        """How often this was worked out."""
        self.times += 1
        return self.times


def test_a_part_is_worked_out_once_and_each_value_has_its_own() -> None:
    one, other = Counted(), Counted()
    assert "part" not in one.__dict__
    assert [one.part, one.part, one.times] == [1, 1, 1]
    assert other.times == 0


def test_read_off_the_class_it_is_the_part_itself_with_its_docstring() -> None:
    assert isinstance(Counted.part, lazy)
    assert Counted.part.__doc__ == "How often this was worked out."
