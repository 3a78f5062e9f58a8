"""A sentence or two in each language whose sounds the mouth has to know."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "en-us": (
        "The quick brown fox jumps over the lazy dog while people measure the"
        " pleasure of peaceful church music. She thought about three young judges, yes."
    ),
    "en-gb": (
        "Better water bottles and rare pure fire hours are near there, poor"
        " boy, through the thick weather."
    ),
    "de": (
        "Ich möchte fünf schöne Häuser über den großen Pfützen sehen, auch"
        " wenn Genie und Jäger durch Zürich ziehen."
    ),
    "fr-fr": (
        "Un bon vin blanc, les yeux bleus du chien, huit oignons et une"
        " grenouille verte mangent la feuille."
    ),
    "es": (
        "El perro corrió rápido hacia la niña, y yo llevo un abrigo verde,"
        " jamón y zapatos de la ciudad."
    ),
    "it": ("Gli gnocchi della zia sono buoni, sciare in montagna è bello e la pizza è pronta."),
    "pt": ("Não há pão de manhã, os irmãos vão ao colégio com a filha e o coração grande."),
    "pt-br": "O menino e a menina gostam de chuva, também de dia, tia e cachorro.",
    "nl": ("De grote vuile huizen staan bij zee, goed schip, ui, eeuwig leuke nieuwe deur."),
    "sv": ("Sju sjösjuka sjömän sköttes av sju sköna sjuksköterskor på kärnan hus yxa barn."),
    "pl": (
        "W Szczebrzeszynie chrząszcz brzmi w trzcinie, a ja piję źródlaną wodę, dzień dobry gęś."
    ),
    "ru": (
        "Широкая электрификация южных губерний даст мощный толчок подъёму"
        " сельского хозяйства, ещё щука."
    ),
    "cs": "Příliš žluťoučký kůň úpěl ďábelské ódy, řeka a čtyři hříbky v zahradě.",
    "uk": ("Жебракують філософи при ґанку церкви в Гадячі, ще й шатро їхнє п'яне знаємо."),
    "tr": "Pijamalı hasta yağız şoföre çabucak güvendi, ışık ve gönül dağ.",
    "hi": ("नमस्ते, आप कैसे हैं? मैं ठीक हूँ और यह घर बहुत बड़ा है, धन्यवाद छोटा फल भाई।"),
    "cmn": "你好，我是你的朋友，今天天气很好，我们去学校吃饭，女儿喝水。",
    "ja": "こんにちは、わたしはふじさんがすきです。りょうりをつくって、ちゃをのみましょう。",
    "ko": "안녕하세요, 저는 한국어를 공부하고 있어요. 밥을 먹고 학교에 갑니다.",
    "ar": "مرحبا كيف حالك اليوم أنا أحب القهوة والشاي في الصباح الباكر ضوء",
    "vi": (
        "Xin chào, tôi rất vui được gặp bạn, hôm nay trời đẹp, chúng ta đi ăn phở nhé, người nước."
    ),
    "fi": "Hyvää päivää, minä rakastan tätä kaunista yötä ja öljyä, äiti syö puuroa.",
    "el": ("Καλημέρα, τι κάνετε; Εγώ είμαι καλά, ευχαριστώ, θέλω νερό και ψωμί, γιατί όχι."),
    "da": "Rødgrød med fløde er godt, og jeg vil gerne have en kop kaffe på øen.",
    "nb": "Jeg elsker sjøen og fjellene, kjære venn, det er kjøtt og øl i skjulet.",
    "hu": "Jó napot kívánok, árvíztűrő tükörfúrógép, gyönyörű tyúk és nyúl, zsák.",
    "ro": "Bună ziua, ce mai faceți? Îmi place țara aceasta și înălțimea muntelui.",
    "he": "שלום מה שלומך היום אני אוהב קפה",
    "bn": "আপনি কেমন আছেন আমি ভালো আছি ধন্যবাদ",
    "ta": "வணக்கம் நீங்கள் எப்படி இருக்கிறீர்கள்",
    "id": "Selamat pagi, nama saya Budi dan saya suka nyanyi dengan khidmat.",
    "ca": "Bon dia, vull un cafè amb llet i una mica de formatge, gràcies, això.",
}

NUMBERS = " ".join(map(str, (*range(40), 50, 60, 70, 80, 90, 100, 123, 1000, 2345, 1_000_000)))
"""Read aloud, these are words of every language."""
WITHOUT_WORDS = frozenset(("chr-us-qaaa-x-west", "kl", "fo", "kaa", "xex"))
"""Languages that the built-in voice lists but has no words for, or dies of (`kl`)."""

LABIAL: dict[str, tuple[str, ...]] = {
    "de": (
        "Peter und Paul bauen am Montag mit Papier und Pappe ein prima Modell.",
        "Meine Mama mag warme Brombeeren mit viel Butter und frischem Pfirsich.",
        "Viele Vögel fliegen vor dem Fenster vorbei, aber niemand bemerkt es.",
        "Bitte bleib noch ein bisschen, bevor wir zum Bahnhof müssen.",
    ),
    "fr-fr": (
        "Papa prépare un bon repas pour maman avec du beurre et des pommes.",
        "Bonjour, vous pouvez bien me montrer la belle vue du pont ?",
        "Mon frère veut voir le film, mais sa femme préfère la bibliothèque.",
        "Un petit bateau blanc passe vite devant la fenêtre.",
    ),
    "es": (
        "Mi mamá compra pan, mantequilla y peras para la familia.",
        "Pablo fue a la playa con Pepe y vieron un barco blanco.",
        "Por favor, espera un momento antes de abrir la puerta.",
        "Mañana empieza el famoso baile del pueblo.",
    ),
    "it": (
        "Mio papà beve un buon bicchiere di vino e mangia pane e pomodoro.",
        "La mamma ama profondamente il mare e la bella primavera.",
        "Per favore, apri bene la finestra prima di partire.",
        "Piove forte, ma il bambino vuole fare due passi.",
    ),
    "pt-br": (
        "Meu pai comprou pão, manteiga e bananas para a família.",
        "A menina viu um barco bonito e foi embora pela ponte.",
        "Por favor, fale mais baixo, porque o bebê está dormindo.",
        "Amanhã vamos ver o filme com a minha prima.",
    ),
    "nl": (
        "Mijn moeder bakt brood met boter en verse pruimen.",
        "Papa bouwt morgen een prachtige boot voor mijn broer.",
        "Probeer maar even of de motor van de fiets nog werkt.",
        "Veel mensen wonen graag boven de bakker op het plein.",
    ),
    "pl": (
        "Moja mama piecze pyszny placek z malinami i bananem.",
        "Paweł był bardzo miły, bo pomógł babci przy budowie.",
        "Proszę powoli, mam problem z francuskim filmem.",
        "Wieczorem wracamy wszyscy autobusem do Warszawy.",
    ),
    "ru": (
        "Мама приготовила борщ, блины и пирог с яблоками.",
        "Папа любит пить воду перед футболом.",
        "Пожалуйста, помоги мне выбрать новый фильм.",
        "Бабушка видела в парке большую белую птицу.",
    ),
}
"""Sentences full of lips, for the languages that the lip bars are held in."""
