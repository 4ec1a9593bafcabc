"""What is expected of the extracts before a build reads them, as Great Expectations sees it.

`suites` and `checkpoint` import Great Expectations, which takes seconds: nothing else does, and no
build needs it.
"""

import os

# before any import of it: it tells its makers nothing
os.environ["GX_ANALYTICS_ENABLED"] = "false"
