"""The tests import each other by their path from the root of the tree."""
