"""The data set's own shorthand in words that a shopper reads. Pure rules."""

import re
from functools import cache

# What the buyers of the data wrote, and what it means.
LONG = {
    "ACC": "accessories",
    "BEV": "beverages",
    "BKD": "baked",
    "BN": "beans",
    "BRD": "bread",
    "BREAKFST": "breakfast",
    "BRKFST": "breakfast",
    "BTL": "bottle",
    "CARB": "carbonated",
    "CHIX": "chicken",
    "CHOCOCLATE": "chocolate",
    "CKTLS": "cocktails",
    "CLEANG": "cleaning",
    "CNDY": "candy",
    "CND": "canned",
    "CNTRL": "control",
    "COCO": "cocoa",
    "COFF": "coffee",
    "COMBIN": "combinations",
    "CONC": "concentrate",
    "CRAN": "cranberry",
    "CRKR": "crackers",
    "CRYSTL": "crystal",
    "DAN": "Danish",
    "DECAFFINATED": "decaffeinated",
    "DEOD": "deodorant",
    "DEPT": "department",
    "DISPOSIBLE": "disposable",
    "DNR": "dinner",
    "DNRS": "dinners",
    "DRNK": "drink",
    "DRNKS": "drinks",
    "DRSNG": "dressing",
    "DSH": "dishes",
    "EXC": "except",
    "EXCP": "except",
    "FD": "food",
    "FEM": "feminine",
    "FLAV": "flavoured",
    "FLAVORED": "flavoured",
    "FLVR": "flavour",
    "FLVRD": "flavoured",
    "FRE": "fresh",
    "FRD": "fried",
    "FRZ": "frozen",
    "FRZN": "frozen",
    "FTD": "flowers",
    "GDS": "goods",
    "GRND": "ground",
    "HBC": "health and beauty",
    "HLTH": "health",
    "HYGN": "hygiene",
    "INCL": "including",
    "IQF": "quick-frozen",
    "JCE": "juice",
    "JUI": "juice",
    "JUIC": "juice",
    "LIQ": "liquid",
    "LIQS": "liquids",
    "LSS": "less",
    "LT": "light",
    "MARIN": "marinades",
    "MEDICA": "medication",
    "MFG": "manufacturer",
    "MISC": "assorted",
    "MISCELLANEOUS": "assorted",
    "MLT": "multi",
    "MUSTAR": "mustard",
    "MW": "microwave",
    "MX": "mix",
    "MXS": "mixes",
    "NDAIRY": "non-dairy",
    "NTRTNL": "nutritional",
    "OTC": "over the counter",
    "OV": "oven",
    "OZ": "oz",
    "PK": "pack",
    "PKG": "packaged",
    "PKGD": "packaged",
    "PKLD": "pickled",
    "PLSTC": "plastic",
    "PNT": "peanut",
    "BTR": "butter",
    "PPK": "pre-packed",
    "PREM": "premium",
    "PREPORTND": "portioned",
    "PRESLC": "sliced",
    "PROD": "produce",
    "PROMO": "promotion",
    "PROTIEN": "protein",
    "PRPCK": "pre-packed",
    "PRSLC": "sliced",
    "PTTY": "patties",
    "PWDR": "powder",
    "QSR": "quick service",
    "REFRGRATD": "refrigerated",
    "REFRIG": "refrigerated",
    "REG": "regular",
    "RTD": "ready to drink",
    "RTS": "ready to serve",
    "SAL": "salad",
    "SALD": "salad",
    "SAUS": "sausage",
    "SEAFD": "seafood",
    "SFT": "soft",
    "SHERBTS": "sherbets",
    "SHLDR": "shoulder",
    "SHLFSH": "shellfish",
    "SLC": "sliced",
    "SNDWCH": "sandwich",
    "SNKS": "snacks",
    "CKYS": "cookies",
    "SPEC": "specialty",
    "SPECILATY": "specialty",
    "SPLY": "supplies",
    "SPRD": "spreads",
    "SS": "single-serve",
    "STK": "stick",
    "SUPP": "supplements",
    "SUPPLEMEN": "supplements",
    "SUPPPLIES": "supplies",
    "SV": "service",
    "SW": "sweet",
    "SWE": "sweetened",
    "SWEE": "sweetened",
    "SWEETNERS": "sweeteners",
    "TISS": "tissues",
    "TODD": "toddler",
    "TOM": "tomato",
    "TRSH": "trash",
    "UNSHELLE": "unshelled",
    "VAC": "vacuum-packed",
    "VEG": "vegetables",
    "W": "with",
    "WAT": "water",
    "WH": "whole",
    "WHLSM": "wholesome",
    "WTR": "water",
}
UNITS = {
    "CT": "pieces",
    "CTN": "carton",
    "DZ": "dozen",
    "FL": "fl",
    "FT": "ft",
    "GA": "gal",
    "GAL": "gal",
    "IN": "in",
    "KIT": "kit",
    "L": "l",
    "LB": "lb",
    "LD": "loads",
    "LOAD": "loads",
    "LOADS": "loads",
    "ML": "ml",
    "OZ": "oz",
    "PC": "pieces",
    "PK": "pack",
    "PT": "pt",
    "QT": "qt",
    "SQ": "sq",
}
CAPITALS = frozenset({"BBQ", "CD", "DVD", "DVDS", "TV", "USA", "UHT", "AA", "AAA"})
PROPER = {"AMERICAN", "ASIAN", "AUSTRALIAN", "CANADIAN", "CHRISTMAS", "EASTER", "FRENCH", "HALLOWEEN", "HISPANIC"}
PROPER |= {
    "JAPANESE",
    "IDAHO",
    "ITALIAN",
    "MEXICAN",
    "SWISS",
    "VALENTINE",
    "ENGLISH",
    "BARBIE",
    "COVERGIRL",
    "REVLON",
    "HANES",
}
WORD = re.compile(r"[A-Z]+")
# The field was cut at thirty letters: what stands behind the last blank, or in an open bracket, may be half a word.
FULL_FIELD = 28
# An abbreviation's full stop, which means nothing once the word is written out.
STOP = re.compile(r"(?<=[A-Z])\.")
# Where the field lost its slashes.
GLUED = {
    "CTLRYTBLCLTHSTTHPKSST": "cutlery, tablecloths, toothpicks",
    "JARSLIDSUTENSILSMIS": "jars, lids, utensils",
    "SAUCESSALSAPICANTEE": "sauces, salsa, picante",
    "SPICESSALSAPICKLING": "spices, salsa, pickling",
}
HALF_WORD = re.compile(r"\s+[A-Z&]{1,4}$")


@cache
def plain_words(shorthand: str) -> str:
    """ "SFT DRNK MLT-PK BTL CARB (EXCP" as "Soft drink multi-pack bottle carbonated": one sentence case line."""
    text = re.sub(r"\((?![^)]*\)).*$", "", shorthand.upper()).rstrip()
    if len(text) >= FULL_FIELD and text.rpartition(" ")[2] not in LONG:
        text = HALF_WORD.sub("", text)
    text = STOP.sub(" ", re.sub(r"(\d)([A-Z])", r"\1 \2", text))
    text = re.sub(r"\bW/O\s*", "without ", text)
    text = re.sub(r"\bW/\s*", "with ", text)
    text = text.replace("&", " & ").replace(":", ", ")
    text = re.sub(r"\s+", " ", WORD.sub(_word, text)).strip(" -,./")
    text = text.replace(" ,", ",").replace(" & ", " and ").replace("( ", "(")
    return text[:1].upper() + text[1:]


def _word(match: re.Match[str]) -> str:
    word = match.group()
    if word in CAPITALS:
        return word
    return LONG.get(word) or GLUED.get(word) or (word.capitalize() if word in PROPER else word.lower())


@cache
def plain_size(size: str) -> str:
    """ "12 OZ" as "12 oz", ".7 OZ" as "0.7 oz"; units in full where a shopper says them so."""
    text = re.sub(r"(?<![\d.])\.(\d)", r"0.\1", size.upper().strip())
    text = WORD.sub(lambda match: UNITS.get(match.group(), match.group().lower()), text)
    return re.sub(r"\s+", " ", re.sub(r"(\d)([a-z])", r"\1 \2", text))
