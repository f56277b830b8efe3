"""What other settings would have made of a run: judged by the very engine that runs live.

``told`` coaches a recording whole; ``compare`` does so with two sets of settings at once, and works the postures out
only once where both read them alike.  ``judged`` begins with postures that are known, so that it takes milliseconds;
``past`` keeps those of the last minutes, and writes them as rows.
"""

from device.whatif.coaching import Told, told
from device.whatif.comparing import compare, concerned
from device.whatif.judging import judged
from device.whatif.past import COLUMNS, Past, Remembered, postures, remembered, rows

__all__ = [
    "COLUMNS",
    "Past",
    "Remembered",
    "Told",
    "compare",
    "concerned",
    "judged",
    "postures",
    "remembered",
    "rows",
    "told",
]
