"""Postal addresses: real towns with their postcodes, invented streets and house numbers."""

from __future__ import annotations

from dataclasses import dataclass

from customer360.demo.dice import Dice
from customer360.demo.kana import full_width_ascii


@dataclass(frozen=True, slots=True)
class Town:
    """A town or ward and everything in it that an address needs."""

    country: str
    region: str
    city: str
    district: str
    postal_code: str
    area_code: str
    city_latin: str = ""
    district_latin: str = ""
    region_latin: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """One dwelling or office."""

    town: Town
    street: str
    number: str
    unit: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class WrittenAddress:
    """An address as somebody typed it into four fields."""

    street: str
    city: str
    region: str
    postal_code: str
    country: str


_JAPAN = """
東京都|千代田区|丸の内|100-0005|03|Tokyo|Chiyoda-ku|Marunouchi
東京都|千代田区|神田神保町|101-0051|03|Tokyo|Chiyoda-ku|Kanda-Jimbocho
東京都|中央区|銀座|104-0061|03|Tokyo|Chuo-ku|Ginza
東京都|港区|六本木|106-0032|03|Tokyo|Minato-ku|Roppongi
東京都|港区|南青山|107-0062|03|Tokyo|Minato-ku|Minami-Aoyama
東京都|新宿区|西新宿|160-0023|03|Tokyo|Shinjuku-ku|Nishi-Shinjuku
東京都|文京区|本郷|113-0033|03|Tokyo|Bunkyo-ku|Hongo
東京都|台東区|浅草|111-0032|03|Tokyo|Taito-ku|Asakusa
東京都|江東区|豊洲|135-0061|03|Tokyo|Koto-ku|Toyosu
東京都|品川区|大崎|141-0032|03|Tokyo|Shinagawa-ku|Osaki
東京都|目黒区|自由が丘|152-0035|03|Tokyo|Meguro-ku|Jiyugaoka
東京都|大田区|蒲田|144-0052|03|Tokyo|Ota-ku|Kamata
東京都|世田谷区|成城|157-0066|03|Tokyo|Setagaya-ku|Seijo
東京都|渋谷区|恵比寿|150-0013|03|Tokyo|Shibuya-ku|Ebisu
東京都|渋谷区|神宮前|150-0001|03|Tokyo|Shibuya-ku|Jingumae
東京都|中野区|中野|164-0001|03|Tokyo|Nakano-ku|Nakano
東京都|杉並区|荻窪|167-0051|03|Tokyo|Suginami-ku|Ogikubo
東京都|豊島区|西池袋|171-0021|03|Tokyo|Toshima-ku|Nishi-Ikebukuro
東京都|北区|赤羽|115-0045|03|Tokyo|Kita-ku|Akabane
東京都|練馬区|石神井町|177-0041|03|Tokyo|Nerima-ku|Shakujiimachi
東京都|足立区|千住|120-0034|03|Tokyo|Adachi-ku|Senju
東京都|江戸川区|西葛西|134-0088|03|Tokyo|Edogawa-ku|Nishi-Kasai
東京都|武蔵野市|吉祥寺本町|180-0004|042|Tokyo|Musashino-shi|Kichijoji-Honcho
東京都|立川市|曙町|190-0012|042|Tokyo|Tachikawa-shi|Akebonocho
神奈川県|横浜市中区|山下町|231-0023|045|Kanagawa|Yokohama-shi Naka-ku|Yamashitacho
神奈川県|横浜市港北区|新横浜|222-0033|045|Kanagawa|Yokohama-shi Kohoku-ku|Shin-Yokohama
神奈川県|川崎市中原区|小杉町|211-0063|044|Kanagawa|Kawasaki-shi Nakahara-ku|Kosugimachi
神奈川県|鎌倉市|小町|248-0006|0467|Kanagawa|Kamakura-shi|Komachi
神奈川県|藤沢市|鵠沼海岸|251-0037|0466|Kanagawa|Fujisawa-shi|Kugenuma-Kaigan
埼玉県|さいたま市大宮区|桜木町|330-0854|048|Saitama|Saitama-shi Omiya-ku|Sakuragicho
埼玉県|川口市|栄町|332-0017|048|Saitama|Kawaguchi-shi|Sakaecho
千葉県|千葉市中央区|富士見|260-0015|043|Chiba|Chiba-shi Chuo-ku|Fujimi
千葉県|船橋市|本町|273-0005|047|Chiba|Funabashi-shi|Honcho
愛知県|名古屋市中区|栄|460-0008|052|Aichi|Nagoya-shi Naka-ku|Sakae
愛知県|名古屋市中村区|名駅|450-0002|052|Aichi|Nagoya-shi Nakamura-ku|Meieki
大阪府|大阪市北区|梅田|530-0001|06|Osaka|Osaka-shi Kita-ku|Umeda
大阪府|大阪市中央区|難波|542-0076|06|Osaka|Osaka-shi Chuo-ku|Namba
大阪府|大阪市淀川区|西中島|532-0011|06|Osaka|Osaka-shi Yodogawa-ku|Nishinakajima
大阪府|豊中市|本町|560-0021|06|Osaka|Toyonaka-shi|Honmachi
京都府|京都市左京区|下鴨本町|606-0862|075|Kyoto|Kyoto-shi Sakyo-ku|Shimogamo-Honmachi
兵庫県|神戸市中央区|三宮町|650-0021|078|Hyogo|Kobe-shi Chuo-ku|Sannomiyacho
兵庫県|西宮市|甲子園口|663-8113|0798|Hyogo|Nishinomiya-shi|Koshienguchi
奈良県|奈良市|三条町|630-8244|0742|Nara|Nara-shi|Sanjocho
北海道|函館市|若松町|040-0063|0138|Hokkaido|Hakodate-shi|Wakamatsucho
宮城県|仙台市青葉区|一番町|980-0811|022|Miyagi|Sendai-shi Aoba-ku|Ichibancho
福島県|福島市|栄町|960-8031|024|Fukushima|Fukushima-shi|Sakaemachi
新潟県|新潟市中央区|万代|950-0088|025|Niigata|Niigata-shi Chuo-ku|Bandai
石川県|金沢市|香林坊|920-0961|076|Ishikawa|Kanazawa-shi|Korinbo
長野県|長野市|南千歳|380-0823|026|Nagano|Nagano-shi|Minami-Chitose
静岡県|静岡市葵区|紺屋町|420-0852|054|Shizuoka|Shizuoka-shi Aoi-ku|Koyamachi
岐阜県|岐阜市|神田町|500-8833|058|Gifu|Gifu-shi|Kandamachi
岡山県|岡山市北区|本町|700-0901|086|Okayama|Okayama-shi Kita-ku|Honmachi
広島県|広島市中区|紙屋町|730-0031|082|Hiroshima|Hiroshima-shi Naka-ku|Kamiyacho
香川県|高松市|丸亀町|760-0029|087|Kagawa|Takamatsu-shi|Marugamemachi
愛媛県|松山市|大街道|790-0004|089|Ehime|Matsuyama-shi|Okaido
福岡県|福岡市博多区|博多駅前|812-0011|092|Fukuoka|Fukuoka-shi Hakata-ku|Hakata-Ekimae
福岡県|福岡市中央区|天神|810-0001|092|Fukuoka|Fukuoka-shi Chuo-ku|Tenjin
長崎県|長崎市|浜町|850-0853|095|Nagasaki|Nagasaki-shi|Hamamachi
熊本県|熊本市中央区|下通|860-0807|096|Kumamoto|Kumamoto-shi Chuo-ku|Shimotori
鹿児島県|鹿児島市|東千石町|892-0842|099|Kagoshima|Kagoshima-shi|Higashi-Sengokucho
沖縄県|那覇市|牧志|900-0013|098|Okinawa|Naha-shi|Makishi
"""

# region|city|postcodes|area code
_UNITED_STATES = """
NY|New York|10011 10025 10128|212
NY|Brooklyn|11201 11215 11238|718
NY|Buffalo|14201 14209|716
CA|Los Angeles|90026 90039 90066|213
CA|San Francisco|94110 94117 94122|415
CA|San Diego|92103 92116|619
CA|Sacramento|95816 95818|916
IL|Chicago|60614 60625 60657|312
IL|Springfield|62702 62704|217
TX|Houston|77006 77019|713
TX|Austin|78704 78745|512
TX|Dallas|75206 75214|214
AZ|Phoenix|85014 85018|602
PA|Philadelphia|19103 19147|215
PA|Pittsburgh|15217 15232|412
OH|Columbus|43201 43214|614
OH|Cleveland|44107 44120|216
FL|Miami|33129 33145|305
FL|Tampa|33606 33611|813
GA|Atlanta|30306 30312|404
MA|Boston|02116 02130|617
WA|Seattle|98103 98115|206
CO|Denver|80205 80210|303
MN|Minneapolis|55407 55419|612
MO|St. Louis|63104 63116|314
MI|Detroit|48201 48207|313
OR|Portland|97202 97214|503
NC|Raleigh|27605 27608|919
TN|Nashville|37203 37206|615
WI|Milwaukee|53207 53211|414
"""
_UNITED_KINGDOM = """
|London|N1 E8 SE15 SW4 W6|020 7946
|Manchester|M14 M20 M21|0161 496
|Birmingham|B13 B17|0121 496
|Leeds|LS6 LS8|0113 496
|Bristol|BS3 BS6|0117 496
|Liverpool|L15 L18|0151 496
|Sheffield|S7 S10|0114 496
|Leicester|LE2 LE3|0116 496
|Reading|RG1 RG4|0118 496
Scotland|Edinburgh|EH6 EH9|0131 496
Scotland|Glasgow|G12 G41|0141 496
Wales|Cardiff|CF11 CF14|029 2018
|Newcastle upon Tyne|NE2 NE6|0191 498
"""
_GERMANY = """
Berlin|Berlin|10115 10437 10999 12049 13353|030
Hamburg|Hamburg|20253 20357 22303|040
Bayern|München|80331 80797 81667|089
Hessen|Frankfurt am Main|60316 60486|069
Nordrhein-Westfalen|Köln|50674 50823|0221
"""
_FRANCE = """
Île-de-France|Paris|75003 75011 75014 75018|01
Île-de-France|Versailles|78000|01
Bretagne|Rennes|35000 35700|02
Pays de la Loire|Nantes|44000 44300|02
Grand Est|Strasbourg|67000 67100|03
Hauts-de-France|Lille|59000 59800|03
Auvergne-Rhône-Alpes|Lyon|69003 69006|04
Provence-Alpes-Côte d'Azur|Marseille|13006 13008|04
Nouvelle-Aquitaine|Bordeaux|33000 33800|05
Occitanie|Toulouse|31000 31400|05
"""

_STREETS = {
    "US": """Maple Street|Oak Street|Cedar Avenue|Elm Street|Washington Avenue|Lake Street
Park Avenue|Sunset Boulevard|Highland Avenue|Church Street|Lincoln Avenue|Chestnut Street
Walnut Street|River Road|Spruce Street|Franklin Street|Jefferson Avenue|Madison Street
Prospect Avenue|Willow Lane|Hillcrest Drive|Meadow Lane|Forest Drive|North Main Street
South 5th Street|West 12th Street|2nd Avenue|Magnolia Court""",
    "GB": """High Street|Station Road|Church Lane|Victoria Road|Park Road|Mill Lane|Queens Road
Albert Road|Grange Road|Kings Avenue|Manor Road|Chapel Street|The Crescent|Highfield Road
Springfield Road|Alexandra Road|Windsor Terrace|St Johns Road""",
    "DE": """Hauptstraße|Schulstraße|Gartenstraße|Bahnhofstraße|Bergstraße|Lindenstraße|Goethestraße
Schillerstraße|Kirchstraße|Waldstraße|Ringstraße|Mozartstraße|Rosenweg|Am Markt|Kastanienallee
Beethovenstraße|Friedrichstraße|Wiesenweg""",
    "FR": """rue de la République|rue Victor Hugo|avenue Jean Jaurès|rue Pasteur|rue de l'Église
boulevard Gambetta|place de la Mairie|rue des Écoles|avenue du Général de Gaulle|rue Voltaire
rue du Moulin|impasse des Lilas|rue Émile Zola|chemin des Vignes|rue Sainte-Catherine""",
}
STREETS = {
    country: tuple(block.replace("\n", "|").split("|")) for country, block in _STREETS.items()
}

_BUILDINGS = (
    "メゾン",
    "グランドハイツ",
    "コーポ",
    "パークサイド",
    "サンライズ",
    "ハイム",
    "レジデンス",
    "第一マンション",
)
_UK_INWARD = "ABDEFGHJLNPQRSTUWXYZ"

_ABBREVIATIONS = {
    "US": (
        (" Street", " St"),
        (" Avenue", " Ave"),
        (" Boulevard", " Blvd."),
        (" Road", " Rd"),
        (" Lane", " Ln"),
        (" Drive", " Dr."),
        (" Court", " Ct"),
        ("North ", "N "),
        ("South ", "S. "),
        ("West ", "W "),
    ),
    "GB": ((" Street", " St."), (" Road", " Rd"), (" Lane", " Ln"), (" Avenue", " Ave")),
    "DE": (("straße", "str."),),
    "FR": (("avenue", "av."), ("boulevard", "bd"), ("rue", "r.")),
}


def _towns() -> dict[str, tuple[Town, ...]]:
    japan = []
    for line in _JAPAN.strip().splitlines():
        region, city, district, postal_code, area, *latin = line.split("|")
        japan.append(
            Town("JP", region, city, district, postal_code, area, latin[1], latin[2], latin[0])
        )
    towns = {"JP": tuple(japan)}
    western = {
        "US": _UNITED_STATES,
        "GB": _UNITED_KINGDOM,
        "DE": _GERMANY,
        "FR": _FRANCE,
    }
    for country, block in western.items():
        rows = [line.split("|") for line in block.strip().splitlines()]
        towns[country] = tuple(
            Town(country, region, city, "", postal_codes, area)
            for region, city, postal_codes, area in rows
        )
    return towns


TOWNS = _towns()


def new_address(country: str, dice: Dice, is_office: bool = False) -> Address:
    """Some dwelling (or office) of the country, large places more often than small ones."""
    town = dice.pick_frequent(TOWNS[country], 0.04)
    if country == "JP":
        number = f"{dice.between(1, 6)}-{dice.between(1, 28)}-{dice.between(1, 19)}"
        if is_office:
            unit = f"{town.district[:2]}ビル{dice.between(2, 12)}F" if dice.chance(0.6) else ""
        elif dice.chance(0.55):
            floor, room = dice.between(1, 14), dice.between(1, 9)
            unit = f"{dice.pick(_BUILDINGS)}{town.district} {floor}{room:02d}"
        else:
            unit = ""
        return Address(town, "", number, unit, town.postal_code)
    street = dice.pick(STREETS[country])
    number = str(dice.between(1, 190) if country != "US" else dice.between(11, 4899))
    postal_code = dice.pick(town.postal_code.split())
    unit = ""
    if country == "US" and dice.chance(0.3):
        unit = f"Apt {dice.between(1, 9)}{dice.pick('ABCD')}" if not is_office else ""
    if country == "GB":
        inward = Dice("postcode", town.city, postal_code, street)
        postal_code += f" {inward.between(1, 9)}{inward.pick(_UK_INWARD)}{inward.pick(_UK_INWARD)}"
        if dice.chance(0.15) and not is_office:
            unit = f"Flat {dice.between(1, 24)}"
    if country == "DE" and dice.chance(0.15):
        number += dice.pick("abc")
    return Address(town, street, number, unit, postal_code)


def write_address(address: Address, dice: Dice, style: str = "native") -> WrittenAddress:
    """The address as typed: abbreviations, digits, order and parts vary.

    `style` is native (local script) or latin (romaji for a Japanese address).
    """
    if address.town.country == "JP":
        if style == "latin":
            return _write_romaji(address, dice)
        return _write_japanese(address, dice)
    return _write_western(address, dice)


def _write_japanese(address: Address, dice: Dice) -> WrittenAddress:
    town = address.town
    block, lot, house = address.number.split("-")
    form = dice.pick_weighted({"plain": 6.0, "full": 1.6, "words": 1.6, "kanji": 0.4})
    number = {
        "plain": address.number,
        "full": full_width_ascii(address.number),
        "words": f"{block}丁目{lot}番{house}号",
        "kanji": f"{'〇一二三四五六'[int(block)]}丁目{lot}-{house}",
    }[form]
    unit = address.unit if dice.chance(0.8) else ""
    if unit and dice.chance(0.2):
        unit = full_width_ascii(unit).replace(" ", "　")
    street = f"{town.district}{number}" + (f" {unit}" if unit else "")
    city, region = town.city, town.region
    layout = dice.pick_weighted({"split": 7.0, "street": 1.5, "city": 1.5})
    if layout == "street":
        street, city = f"{city}{street}", ""
    elif layout == "city":
        city, region = f"{region}{city}", ""
    postal_code = dice.pick_weighted(
        {
            town.postal_code: 7.0,
            town.postal_code.replace("-", ""): 2.0,
            f"〒{town.postal_code}": 0.5,
            full_width_ascii(town.postal_code): 0.5,
        }
    )
    country = dice.pick_weighted({"JP": 6.0, "日本": 2.0, "Japan": 1.0, "": 1.0})
    return WrittenAddress(street, city, region, postal_code, country)


def _write_romaji(address: Address, dice: Dice) -> WrittenAddress:
    town = address.town
    street = f"{address.number} {town.district_latin}"
    if address.unit and address.unit[-1].isdigit() and dice.chance(0.6):
        street += f" #{address.unit.split()[-1]}"
    return WrittenAddress(street, town.city_latin, town.region_latin, town.postal_code, "JP")


def _write_western(address: Address, dice: Dice) -> WrittenAddress:
    country = address.town.country
    street = address.street
    if dice.chance(0.4):
        for word, short in _ABBREVIATIONS[country]:
            street = street.replace(word, short)
    if country == "DE" and dice.chance(0.15):
        street = street.replace("ß", "ss")
    if country == "DE":
        line = f"{street} {address.number}"
    elif country == "FR" and dice.chance(0.3):
        line = f"{address.number}, {street}"
    else:
        line = f"{address.number} {street}"
    if address.unit and dice.chance(0.75):
        if country == "GB":
            line = f"{address.unit}, {line}"
        elif dice.chance(0.3):
            line = f"{line}, #{address.unit.split()[-1]}"
        else:
            line = f"{line}, {address.unit}"
    city, region, postal_code = address.town.city, address.town.region, address.postal_code
    if country == "DE" and dice.chance(0.15):
        city = city.replace("ü", "ue").replace("ö", "oe")
    if country in ("DE", "FR") and dice.chance(0.7):
        region = ""
    if country == "GB" and dice.chance(0.15):
        postal_code = postal_code.replace(" ", "").lower()
    if country == "US" and dice.chance(0.12):
        postal_code = f"{postal_code}-{Dice(address.street, address.number).between(1000, 9899)}"
    if dice.chance(0.05):
        line, city = line.upper(), city.upper()
    names = {
        "US": {"US": 6.0, "USA": 2.0, "United States": 2.0},
        "GB": {"GB": 5.0, "UK": 3.0, "United Kingdom": 2.0},
        "DE": {"DE": 7.0, "Germany": 1.5, "Deutschland": 1.5},
        "FR": {"FR": 8.0, "France": 2.0},
    }[country]
    return WrittenAddress(line, city, region, postal_code, dice.pick_weighted(names))
