"""The suite sees one stranger's package, `tests/stranger`, as if pip had installed it: also in worker processes."""

import os
import sys
from pathlib import Path

STRANGER = str(Path(__file__).with_name("stranger"))
sys.path.insert(0, STRANGER)
os.environ["PYTHONPATH"] = os.pathsep.join([STRANGER, *filter(None, [os.environ.get("PYTHONPATH")])])
os.environ["MARROW_LANG"] = "en"
