"""What people write about the shop, in Japanese and English, with the sentiment they mean."""

from __future__ import annotations

from customer360.demo.dice import Dice

POSITIVE, NEUTRAL, NEGATIVE = "positive", "neutral", "negative"

_JAPANESE_PRODUCTS = {
    "Linen shirt": "リネンシャツ",
    "Denim jacket": "デニムジャケット",
    "Wool scarf": "ウールのマフラー",
    "Canvas sneakers": "キャンバススニーカー",
    "Leather belt": "革ベルト",
    "Rain coat": "レインコート",
    "Cotton socks": "綿の靴下",
    "Baseball cap": "キャップ",
    "Tote bag": "トートバッグ",
    "Knit sweater": "ニットセーター",
}

# {} is the product; an opinion is one of the first sentences and, mostly, one of the second
_SENTENCES = {
    ("ja", POSITIVE): (
        (
            "{}、思っていた以上に素敵でした。",
            "{}が届きました。とても気に入っています。",
            "{}の着心地が最高です。",
            "この値段でこの{}なら大満足。",
            "{}を母に贈ったら、すごく喜んでくれました。",
            "二つ目の{}を買いました。もう手放せません。",
            "{}、悪いところが見つからない。",
            "店員さんが丁寧で、{}選びが楽しかった。",
            "毎日{}を使っていますが、まったく傷みません。",
            "迷ったけれど{}を買って正解でした。",
        ),
        (
            "また買います。",
            "配送も早くて助かりました。",
            "色も写真のとおりできれいです。",
            "友人にも勧めました。",
            "サイズもぴったり。",
            "問い合わせへの返事も親切でした。",
        ),
    ),
    ("ja", NEGATIVE): (
        (
            "{}、二回洗っただけでほつれました。",
            "{}が届かないまま三週間。どうなっているのでしょうか。",
            "{}の色が写真と全然違ってがっかりです。",
            "注文した{}ではなく別の物が入っていました。",
            "{}の返品をお願いしているのに返事がありません。",
            "期待していたのに、{}は残念な作りでした。",
            "{}のボタンが最初から取れていた。ひどい。",
            "見積もりの返事を二週間待っています。{}の話はもう諦めようかな。",
            "{}、この品質でこの値段は高すぎる。",
            "電話がまったくつながらない。{}の交換はいつになるの。",
        ),
        (
            "もう買わないと思います。",
            "対応が遅すぎます。",
            "返金してほしい。",
            "以前は良い店だったのに。",
            "誰も説明してくれませんでした。",
            "正直おすすめできません。",
        ),
    ),
    ("ja", NEUTRAL): (
        (
            "{}を注文しました。",
            "{}の在庫はありますか。",
            "今日は駅前の店で{}を見てきた。",
            "{}の新しい色は来月出るそうです。",
            "{}は水曜日に届く予定。",
            "{}のサイズ表はどこにありますか。",
            "{}、普通です。良くも悪くもありません。",
        ),
        (
            "週末に使ってみます。",
            "比べてから決めます。",
            "色は紺です。",
            "Mサイズにしました。",
        ),
    ),
    ("en", POSITIVE): (
        (
            "The {} is even nicer than in the pictures.",
            "My {} arrived two days early, lovely surprise.",
            "Best {} I have owned in years.",
            "I was not sure about the {}, but I am glad I bought it.",
            "Nothing to complain about: the {} fits perfectly.",
            "Third {} from this shop and still happy.",
            "The {} was a present and my sister loves it.",
            "Great quality for the price, this {} is a keeper.",
            "The staff helped me find the right {} in five minutes.",
            "I wear the {} every day and it looks like new.",
        ),
        (
            "Would buy again.",
            "Delivery was quick and the box was neat.",
            "The colour is exactly as shown.",
            "Support answered within the hour, thank you!",
            "Highly recommended.",
            "Worth every penny.",
        ),
    ),
    ("en", NEGATIVE): (
        (
            "The {} fell apart after two washes.",
            "Still waiting for my {}, three weeks and no answer.",
            "The {} looks nothing like the picture.",
            "I ordered a {} and got something else entirely.",
            "Not what I would call a good {}.",
            "Your support keeps closing my ticket about the {}.",
            "I asked for a refund for the {} twice and heard nothing.",
            "So much for fast delivery: the {} came a month late.",
            "Two weeks for a quote on the {} is a joke.",
            "The {} arrived with a tear in it.",
        ),
        (
            "Never again.",
            "I expected better.",
            "I want my money back.",
            "Nobody picks up the phone.",
            "What a waste of money.",
            "We are looking at other suppliers now.",
        ),
    ),
    ("en", NEUTRAL): (
        (
            "Ordered the {} today.",
            "Is the {} in stock again?",
            "Saw the {} in the store near the station.",
            "The {} comes in three colours.",
            "The {} should be here on Wednesday.",
            "Does anybody know where the size chart of the {} is?",
            "The {} is okay, neither good nor bad.",
        ),
        (
            "Will try it at the weekend.",
            "Comparing it with another one.",
            "I took the blue one.",
            "Size M for me.",
        ),
    ),
}
_TITLES = {
    ("ja", POSITIVE): ("大満足", "買ってよかった", "おすすめです", "素晴らしい"),
    ("ja", NEUTRAL): ("普通", "まあまあ", "届きました"),
    ("ja", NEGATIVE): ("残念", "がっかり", "二度と買わない", "期待外れ"),
    ("en", POSITIVE): ("Love it", "Great buy", "Very happy", "Just right"),
    ("en", NEUTRAL): ("It is fine", "Average", "Arrived"),
    ("en", NEGATIVE): ("Disappointed", "Do not buy", "Poor quality", "Not as described"),
}
_RATINGS = {
    POSITIVE: {5: 0.7, 4: 0.3},
    NEUTRAL: {3: 0.8, 4: 0.1, 2: 0.1},
    NEGATIVE: {1: 0.6, 2: 0.4},
}


def opinion(dice: Dice, language: str, sentiment: str, product: str) -> str:
    """A post or review of one or two sentences that means the sentiment."""
    first, second = _SENTENCES[language, sentiment]
    named = _JAPANESE_PRODUCTS[product] if language == "ja" else product.lower()
    text = dice.pick(first).format(named)
    if dice.chance(0.65):
        text += ("" if language == "ja" else " ") + dice.pick(second)
    return text


def title(dice: Dice, language: str, sentiment: str) -> str:
    """The title of a review."""
    return dice.pick(_TITLES[language, sentiment])


def rating(dice: Dice, sentiment: str) -> int:
    """One to five stars; a few give a star more or less than they say."""
    return dice.pick_weighted(_RATINGS[sentiment])
