"""The words that simulated products are called by. Lengths without a common divisor, so that few names repeat."""

BRANDS = (
    "Alderway", "Birchfield", "Calder", "Dovecote", "Elmhurst", "Fernleigh", "Glenmore", "Harrow", "Ivydale", "Juniper",
    "Kestrel", "Larkhill", "Meadowsweet", "Nettle", "Oakham", "Pemberton", "Quillon", "Rowanberry", "Saltmarsh",
    "Tamarisk", "Underhill", "Vesper", "Wychwood",
)  # fmt: skip
MAKES = (
    "Bright", "Classic", "Crisp", "Daily", "Deep", "Double", "Dry", "Easy", "Extra", "Family", "Fine", "Firm", "Fresh",
    "Gentle", "Golden", "Grand", "Handmade", "Heavy", "Honest", "Light", "Little", "Long", "Mild", "Natural", "Nordic",
    "Organic", "Plain", "Quick", "Quiet", "Rich", "Ripe", "Roasted", "Round", "Rustic", "Salted", "Sharp", "Silky",
    "Simple", "Smooth", "Soft", "Sparkling", "Spiced", "Strong", "Summer", "Sweet", "Tall", "Thick", "Thin", "Toasted",
    "Tough", "Traditional", "Warm", "Whole",
)  # fmt: skip
KINDS = (
    "almonds", "apple juice", "apron", "baking tray", "bath towel", "batteries", "beans", "blanket", "bread", "broom",
    "butter", "candles", "carrots", "cat food", "charger", "cheese", "chicken soup", "chocolate", "coffee", "colander",
    "corkscrew", "crackers", "curtain", "cushion", "deodorant", "detergent", "dog biscuits", "door mat", "drill",
    "earphones", "eggs", "envelopes", "fan heater", "flour", "flower pot", "frying pan", "garden hose", "gloves",
    "granola", "hair dryer", "hammer", "hand cream", "honey", "ice cream", "ironing board", "jam", "jigsaw", "kettle",
    "kitchen scales", "ladder", "lamp", "lemonade", "lentils", "light bulbs", "lunch box", "mattress", "milk", "mirror",
    "mop", "mug", "mushrooms", "noodles", "notebook", "oat drink", "olive oil", "oranges", "paint brush",
    "paper plates", "pasta", "peanut butter", "pencils", "pillow", "potatoes", "printer paper", "radio", "razor blades",
    "rice", "rubbish bags", "salmon", "sandals", "scarf", "screwdriver", "shampoo", "shower gel", "slippers", "soap",
    "socks", "speaker", "spinach", "stapler", "suitcase", "sun cream", "tea", "television", "tent", "toaster",
    "tomatoes", "toothbrush", "torch", "umbrella", "vacuum cleaner", "vinegar", "wall clock", "washing powder",
    "watering can", "wool", "yoghurt",
)  # fmt: skip
SIZES = ("4 OZ", "8 OZ", "12 OZ", "16 OZ", "24 OZ", "1 LB", "2 LB", "5 LB", "1 PC", "2 PC", "6 PC")
COLOURS = ("", "", "", "black", "blue", "green", "red", "white", "yellow", "grey", "brown", "orange", "violet")
