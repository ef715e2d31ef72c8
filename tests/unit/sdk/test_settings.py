from __future__ import annotations

import pytest

from goqueue import InvalidArgument
from goqueue.settings import read_settings


def test_the_api_is_on_this_machine_by_default():
    settings = read_settings({})
    assert (settings.api_url, settings.api_key) == ("http://localhost:8080", None)


def test_an_empty_variable_is_as_good_as_none():
    settings = read_settings({"API_URL": "", "GOQUEUE_API_KEY": "", "GOQUEUE_API_KEY_FILE": ""})
    assert (settings.api_url, settings.api_key) == ("http://localhost:8080", None)


def test_the_key_may_lie_in_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text("gq_1_secret\n")
    assert read_settings({"GOQUEUE_API_KEY_FILE": str(file)}).api_key == "gq_1_secret"


def test_a_key_file_that_is_missing_is_named():
    with pytest.raises(InvalidArgument, match="cannot read /nowhere"):
        read_settings({"GOQUEUE_API_KEY_FILE": "/nowhere"})
