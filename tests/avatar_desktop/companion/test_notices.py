"""A few notices, newest last, none of them twice."""

from __future__ import annotations

from avatar_desktop.companion.notices import MOST, Notices


def told() -> tuple[Notices, list[int]]:
    changes: list[int] = []
    notices = Notices(lambda: changes.append(1))
    return notices, changes


def test_the_newest_come_last_and_the_oldest_go() -> None:
    notices, changes = told()
    for number in range(MOST + 2):
        notices.add("info", f"Notice {number}.")
    assert [each.text for each in notices.current] == [f"Notice {n}." for n in range(2, MOST + 2)]
    assert len(changes) == MOST + 2


def test_the_same_sentence_is_shown_once_as_the_newest() -> None:
    notices, _ = told()
    for sentence in ("It broke.", "Other.", "It broke."):
        notices.add("warning", sentence)
    assert [each.text for each in notices.current] == ["Other.", "It broke."]
    assert len({each.id for each in notices.current}) == 2


def test_a_notice_can_be_dismissed_by_its_own_number_alone() -> None:
    notices, changes = told()
    notices.add("error", "One.", action="retry-link")
    notices.add("info", "Two.")
    first = notices.current[0]
    assert first.action == "retry-link"
    notices.dismiss(first.id)
    notices.dismiss(first.id)
    assert [each.text for each in notices.current] == ["Two."]
    assert changes
