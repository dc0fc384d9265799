"""How fast things sell in the data set: pieces a day, by store and product."""

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .extra import data_file

YEAR_DAYS = 365
# What sells less than once a month says little about silence.
FEWEST = 12


def yearly_paces() -> NDArray[np.float64]:
    """Till lines a day of every store's products that sell at least once a month. Raises DemoExtraMissingError."""
    table = pq.read_table(data_file("transactions"), columns=["store_id", "product_id"])
    store, product = (table[name].to_numpy().astype(np.int64) for name in ("store_id", "product_id"))
    lines = np.unique(store * (product.max() + 1) + product, return_counts=True)[1]
    return lines[lines >= FEWEST] / YEAR_DAYS
