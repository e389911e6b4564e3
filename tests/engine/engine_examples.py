"""A small knowledge of the tests' own."""

from functools import cache

from engine import Engine
from engine.lexical import NONE

URGENT = ("detained", "deported", "life-in-danger", "refused-boarding", "tajikistan-deadline")

EXAMPLES = {
    "medical-cost": {
        "en": ["Who pays for the medical exam?", "how much does the medical check cost"],
        "fr": ["Qui paie l'examen médical ?", "combien coûte la visite médicale"],
        "fa_AF": [
            "پول معاینات صحی را کی میدهد؟",
            "مصرف معاینه طبی چند است",
            "pool moayena sehi ra ki medeha",
        ],
        "ps": ["د طبي معاینې پیسې څوک ورکوي؟", "روغتیايي معاینه په څو ده", "da muayene paise sok warkawi"],
    },
    "next-charter": {
        "en": ["When is the next charter flight?", "are we on the list of the next flight"],
        "fr": ["Quand part le prochain vol nolisé ?", "sommes-nous sur la liste du prochain vol"],
        "fa_AF": ["پرواز بعدی چی وقت است؟", "نام ما در لست پرواز است", "parwaz baadi chi waqt ast"],
        "ps": ["راتلونکې الوتنه کله ده؟", "زموږ نوم د الوتنې په لېست کې شته", "bala alwatana kala da"],
    },
    "change-language": {
        "en": ["Change the language", "speak English please"],
        "fr": ["Changer la langue", "parlez français s'il vous plaît"],
        "fa_AF": ["زبان را تبدیل کنید", "دری گپ بزنید", "zaban ra tabdil konid"],
        "ps": ["ژبه بدله کړئ", "پښتو خبرې وکړئ", "zhaba badala kra"],
    },
}

_OUT_OF_SCOPE = {
    "en": [
        "what is the weather today",
        "tell me a joke",
        "my brother has been working in a shop with his cousin since the summer",
        "they said that we were going to be rich if we only asked",
        "how can I get married in two years and what happens from then",
    ],
    "fr": [
        "quel temps fait-il",
        "raconte une blague",
        "mon frère travaille dans un magasin avec son cousin depuis cet été",
        "ils ont dit que nous allons être riches si on demande",
    ],
    "fa_AF": [
        "امروز هوا چطور است",
        "یک فکاهی بگو",
        "برادرم در دکان همرای پسر کاکایم کار میکند",
        "hawa chetor ast",
        "bradaram ra da dokan didam ke kar mekonad",
        "agar ma ra komak konid khob mishawad",
    ],
    "ps": [
        "نن هوا څنګه ده",
        "یوه ټوکه وکړه",
        "زما ورور د تره له زوی سره په دوکان کې کار کوي",
        "hawa sanga da",
        "zama wror pa dokan ke kar kawi",
        "mong ta wowaya che sanga kegi",
    ],
}

OTHERS = {locale: [(NONE, text) for text in texts] for locale, texts in _OUT_OF_SCOPE.items()}


@cache
def engine() -> Engine:
    """Return the engine that the tests share; it works on words and letters alone."""
    return Engine.from_examples(EXAMPLES, urgent_topics=URGENT, others=OTHERS)
