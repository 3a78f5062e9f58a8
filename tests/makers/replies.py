"""Replies whose right reading is known: openings, dressed sentences, markers and their doubles."""

from __future__ import annotations

from itertools import product

_STARTS = ("", "Sure! ", "Of course, ", "Hmm, let me think... ", "Well yes, I would say that ")
_BODIES = (
    "Mr.~Smith met Dr.~Jones at 5~p.m. in St.~Louis and they talked for a while about the weather.",
    "version 2.10~works better than 1.9, e.g.~on older machines, as far as I can tell from here.",
    "the price is $3.50~today, i.e.~much less than last week, and it may fall again tomorrow.",
    "see [the~docs.~Part~two](https://example.org/a.b) first, then come back and ask me again.",
    "J.~R.~R.~Tolkien wrote it, and it has been read by a great many people ever since then.",
    "No.~5 of the U.S.~list is the best known, vs.~the others, which hardly anybody remembers now.",
    "I am glad you asked, because this is one of the things that I really like to talk about.",
    "that depends on what you want to do with it and how much time you have for it this week.",
    "approx.~20~km from here there is a lake, and in summer it is full of people and of boats.",
    "**first**, open the settings; then choose a voice and listen to the sample that it plays.",
    "you can do that in three steps: open it, change it, and save it where you will find it.",
    "it was founded in 1999~by Prof.~Brown etc.~and grew quickly to a school of some size there.",
)
OPENINGS = tuple(start + body for start, body in product(_STARTS, _BODIES))
"""A tilde stands for a space where no phrase may end."""

SENTENCES: dict[str, str] = {
    "Hello there, my friend.": "Hello there, my friend.",
    "It costs $3.50 and it is 5 km away.": (
        "It costs three dollars and fifty cents and it is five kilometres away."
    ),
    "You are e.g. here at 10:30 p.m. with 25% of it.": (
        "You are for example here at ten thirty p m with twenty-five percent of it."
    ),
    "Das ist am 3. Mai um 14:30 Uhr und kostet nicht 5,99 €.": (
        "Das ist am dritten Mai um vierzehn Uhr dreißig und kostet nicht fünf Euro neunundneunzig."
    ),
    "Ich bin z. B. die 20 km zu dir und nicht weiter.": (
        "Ich bin zum Beispiel die zwanzig Kilometer zu dir und nicht weiter."
    ),
    "Il est à 3 km et vous avez 20 °C dans la maison.": (
        "Il est à 3 kilomètres et vous avez 20 degrés Celsius dans la maison."
    ),
    "Son 5-10 kg de pan y no es para usted.": "Son 5 a 10 kilos de pan y no es para usted.",
    "Ho 1 kg di pane e non è per lei, ma molto 2 kg.": (
        "Ho 1 chilo di pane e non è per lei, ma molto 2 chili."
    ),
    "Это 21 km и 3 kg хлеба.": "Это 21 километр и 3 килограмма хлеба.",
    "今天20 °C，很好。": "今天20 摄氏度，很好。",
}
DRESSES = (
    "{}", "**{}**", "*{}*", "~~{}~~", "# {}", "### {}", "- {}", "* {}", "> {}", "- [x] {}",
    "{} 😀", "👋🏽 {}", "<think>a plan, 5 km</think>{}", "<b>{}</b>", "{}[1]", "[{}](https://a.b/c)",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n{}", "[emotion:happy] {}", "---\n{}", "\u200b{}\u202c",
)  # fmt: skip

NAMES = {
    "happy": "emotion", "sad": "emotion", "angry": "emotion", "surprised": "emotion",
    "thoughtful": "emotion", "confused": "emotion", "wave": "gesture", "nod": "gesture",
    "shrug": "gesture", "point": "gesture", "thumbs_up": "gesture", "calm": "tone",
    "serious": "tone",
}  # fmt: skip
MARKERS = (
    "[{key}:{name}]", "[{key}: {name}]", "[{key}={name}]", "［{key}：{name}］", "【{key}:{name}】",
    "{{{key}:{name}}}", "<{key}:{name}>", "<{key}:{name}/>", "<|{key}:{name}|>", "({key}: {name})",
    "[[{key}:{name}]]", "[{key}:{name}:0.6]", "[{KEY}:{NAME}]", '["{key}": "{name}"]',
)  # fmt: skip
DOUBLES = (
    "a[0] = b[1]", "see [1] and [2, 3]", "[wave](https://a.b)", "list[nod]", "[x] done",
    "the *waves* crash", "`[emotion:happy]` is code", "```\n[gesture:wave]\n```\n",
    "f(x) and g(nods)",
    "5 < 6 and 7 > 3", "{'a': 1}", "\\[emotion:happy\\]", "{set: happy}", "(see: happy)",
    "[note: call back]", "it *looks* good", "2*3*4", "snake_case_name", "[TODO: wave] later",
    "C:\\happy\\nod",
)  # fmt: skip
