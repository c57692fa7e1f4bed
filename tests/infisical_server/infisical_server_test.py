"""The Infisical test server itself: every route, right and wrong, and every switch."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from definition_cases import *  # noqa: E402,F401,F403
from lease_cases import *  # noqa: E402,F401,F403
from login_cases import *  # noqa: E402,F401,F403
from session_cases import *  # noqa: E402,F401,F403
from switch_cases import *  # noqa: E402,F401,F403

if __name__ == "__main__":
    unittest.main()
