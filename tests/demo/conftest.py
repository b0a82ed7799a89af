"""The deployment of the tests of control, here without anything open."""

from tests.control.conftest import copy, empty, empty_scene, signed, signed_scene

__all__ = ["copy", "empty", "empty_scene", "signed", "signed_scene"]
