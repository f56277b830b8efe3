"""``python -m device`` is ``form-coach``."""

import sys

from device.cli import main

sys.exit(main())
