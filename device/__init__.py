"""Form Coach: watches a runner on a treadmill and says, aloud and at the right moment, what to change."""

import os

__version__ = "0.1.0"

# The matrices here are tiny.  OpenBLAS would keep a thread a processor spinning between them, which costs more than all
# of the coach but the model does.  It asks once, when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
