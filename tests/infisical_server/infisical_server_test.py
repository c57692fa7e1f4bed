"""The Infisical test server itself: every route, right and wrong, and every switch."""

import unittest

from cloud_cases import *  # noqa: F401,F403
from definition_cases import *  # noqa: F401,F403
from lease_cases import *  # noqa: F401,F403
from login_cases import *  # noqa: F401,F403
from session_cases import *  # noqa: F401,F403
from switch_cases import *  # noqa: F401,F403

if __name__ == "__main__":
    unittest.main()
