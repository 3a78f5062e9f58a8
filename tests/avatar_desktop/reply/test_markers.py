from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.reply.bracket import MAX_HELD
from avatar_desktop.reply.cue import Cue
from avatar_desktop.reply.markers import Letter, MarkerReader
from avatar_desktop.reply.vocabulary import Vocabulary


def read(text: str, *, gestures: tuple[str, ...] = ()) -> tuple[str, list[tuple[str, str]]]:
    reader = MarkerReader(Vocabulary(gestures=gestures))
    items = reader.feed(text) + reader.finish()
    shown = "".join(item.char for item in items if isinstance(item, Letter))
    return shown, [(item.kind, item.name) for item in items if isinstance(item, Cue)]


HAPPY, WAVE, NOD = ("emotion", "happy"), ("gesture", "wave"), ("gesture", "nod")
SAD, CALM = ("emotion", "sad"), ("tone", "calm")


@pytest.mark.parametrize(
    ("text", "shown", "cues"),
    [
        ("[emotion:happy]Hi", "Hi", [HAPPY]),
        ("[emotion:happy,gesture:wave]Hi", "Hi", [HAPPY, WAVE]),
        ("[emotion:happy][gesture:wave]Hi", "Hi", [HAPPY, WAVE]),
        ("[ Emotion : HAPPY ] Hi", "Hi", [HAPPY]),
        ("［emotion：happy］Hi", "Hi", [HAPPY]),
        ("【gesture=wave】Hi", "Hi", [WAVE]),
        ("{emotion:happy}Hi", "Hi", [HAPPY]),
        ("<gesture:wave/>Hi", "Hi", [WAVE]),
        ("<|emotion:happy|>Hi", "Hi", [HAPPY]),
        ("(tone: calm) Hi", "Hi", [CALM]),
        ("[[gesture:nod]]Hi", "Hi", [NOD]),
        ('["emotion": "happy"]Hi', "Hi", [HAPPY]),
        ("[emotion=happy gesture=wave]Hi", "Hi", [HAPPY, WAVE]),
        ("[emotion: joyful]Hi", "Hi", [HAPPY]),
        ("[emtion:hapy]Hi", "Hi", [HAPPY]),
        ("[mood:happy]Hi", "Hi", [HAPPY]),
        ("[gesture:waving]Hi", "Hi", [WAVE]),
        ("[gesture:shake-head]No", "No", [("gesture", "shake_head")]),
        ("[pose:arms crossed]Hm", "Hm", [("pose", "arms_crossed")]),
        ("[wave]Hi", "Hi", [WAVE]),
        ("[happy, nod] Hi", "Hi", [HAPPY, NOD]),
        ("*waves* Hi", "Hi", [WAVE]),
        ("_nods_ Yes", "Yes", [NOD]),
        ("Hi (waves) there", "Hi there", [WAVE]),
        ("*shakes her head* No", "No", [("gesture", "shake_head")]),
        ("[emotion:xyzzy]Hi", "Hi", []),
        ("[emotion:glücklich]Hallo", "Hallo", [HAPPY]),
        ("[/emotion]Hi</emotion>", "Hi", []),
        ("Bye 👋", "Bye 👋", [WAVE]),
    ],
)
def test_a_marker_in_any_dress_fires_and_is_not_shown(
    text: str, shown: str, cues: list[tuple[str, str]]
) -> None:
    assert read(text) == (shown, cues)


@pytest.mark.parametrize(
    "text",
    [
        "a[0] = b[1]",
        "see [1] and [2, 3]",
        "[happy](https://example.org/)",
        "[wave][1]",
        "list[nod]",
        "[x] done [ ] open",
        "[see the docs] [todo: later]",
        "the *waves* crash on the shore",
        "it *looks* good, **really** good",
        "You get 10 *points*",
        "`[emotion:happy]` is a marker",
        "``[gesture:wave] ` `` here",
        "```\n[emotion:happy]\n*waves*\n```\n",
        "~~~\n[wave]\n~~~\n",
        "5 < 6 and 7 > 3",
        "<b>bold</b> and <emo",
        '{"name": "x", "emotional": 1}',
        "set {happy, sad}",
        "2*3*4 snake_case_name",
        "\\[emotion:happy\\]",
        "[emotion happy is a word] no",
        "(happy) (emotional: yes)",
        "f(x) and g(nods)",
    ],
)
def test_real_text_stays_whole_and_fires_nothing(text: str) -> None:
    assert read(text) == (text, [])


@pytest.mark.parametrize(
    ("written", "strength"),
    [
        ("[emotion:happy:0.6]", 0.6),
        ("[emotion:happy 60%]", 0.6),
        ("[emotion:happy(0.6)]", 0.6),
        ("[emotion:happy:0,6]", 0.6),
        ("[emotion:happy:7]", 0.7),
        ("[emotion:slightly happy]", 0.3),
        ("[emotion:happy]", 1.0),
    ],
)
def test_a_strength_may_be_written_in_many_ways(written: str, strength: float) -> None:
    reader = MarkerReader(Vocabulary())
    (cue, _) = reader.feed(written + "H")
    assert isinstance(cue, Cue)
    assert (cue.name, cue.strength, cue.char) == ("happy", pytest.approx(strength), len(written))


def test_thoughts_are_neither_shown_nor_acted() -> None:
    assert read("<think>[emotion:sad] hm </thin </think>\n\nHello") == ("Hello", [])
    assert read("<Thinking>never closed [wave]") == ("", [])


def test_an_avatar_adds_gestures_of_its_own() -> None:
    assert read("[gesture:bow]Hi") != read("[gesture:bow]Hi", gestures=("bow",))
    assert read("[gesture:Curtsy]Hi", gestures=("curtsy",)) == ("Hi", [("gesture", "curtsy")])


def test_a_reply_that_ends_inside_a_marker_does_not_read_it_aloud() -> None:
    items = MarkerReader(Vocabulary())
    last = items.feed("Bye [emotion:hap") + items.finish()
    assert {item.role for item in last if isinstance(item, Letter) and item.raw >= 4} == {"mute"}


@given(st.text(alphabet="[]{}()<>*`_:,/|\\ eamotinhpygsurw\n😊", max_size=200))
def test_nothing_is_held_longer_than_the_limit(text: str) -> None:
    reader = MarkerReader(Vocabulary())
    for char in text:
        reader.feed(char)
        assert len(reader._held) <= MAX_HELD + 1 or set(reader._held) <= set("`~ ")


SCRAPS = st.lists(
    st.sampled_from(
        [
            *("[emotion:happy]", "[gesture:wave", "]", "*waves*", "`", "```", "\n", "<think>"),
            *(
                "</think>",
                "a[0]",
                "[1]",
                "(nods)",
                "Hello. ",
                "[",
                "(",
                "<",
                "*",
                "_",
                "\\",
                "word ",
            ),
            *("[tone:calm]", "😊", "{", "}", "[wave]", "(http://x)", "**", "~~~\n", "[emotion:"),
        ]
    ),
    max_size=30,
).map("".join)


@given(SCRAPS | st.text(max_size=80), st.lists(st.integers(1, 40), max_size=40))
def test_any_split_gives_the_same_letters_and_cues(text: str, sizes: list[int]) -> None:
    whole = MarkerReader(Vocabulary())
    expected = whole.feed(text) + whole.finish()
    split = MarkerReader(Vocabulary())
    got: list[Letter | Cue] = []
    at = 0
    for size in [*sizes, len(text)]:
        got += split.feed(text[at : at + size])
        at += size
    assert got + split.finish() == expected


@given(st.text(max_size=200))
def test_letters_come_in_order_from_where_they_say(text: str) -> None:
    reader = MarkerReader(Vocabulary())
    items = reader.feed(text) + reader.finish()
    letters = [item for item in items if isinstance(item, Letter)]
    assert all(text[letter.raw] == letter.char for letter in letters)
    assert [letter.raw for letter in letters] == sorted({letter.raw for letter in letters})


@given(st.text(alphabet=st.characters(exclude_characters="[［【{<(*_\\`~", max_codepoint=0x2FFF)))
def test_text_without_signs_passes_untouched(text: str) -> None:
    assert read(text)[0] == text
